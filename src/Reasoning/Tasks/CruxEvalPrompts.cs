using Nola.Reasoning.Problems;

namespace Nola.Reasoning.Tasks;

/// <summary>Questions of the two CRUXEval tasks: two examples for a direct answer, one with a thought for a chain of thought.</summary>
internal static class CruxEvalPrompts
{
    private const string Doubles = "def f(numbers):\n    return [number * 2 for number in numbers if number > 0]";
    private const string Joins = "def f(text, other):\n    return text.upper() + other[-1]";

    public static string Output(Problem problem, string method)
    {
        const string task = "Complete the assertion with a literal, without calls or expressions, that is what the code gives for the input, even if the code is wrong.";
        return method == "cot"
            ? $"""
                {task} Reason step by step within [THOUGHT] and [/THOUGHT], then give the full assertion within [ANSWER] and [/ANSWER].

                {Code(Doubles, "assert f([3, -1, 4]) == ??")}
                [THOUGHT]
                The function keeps the numbers above 0, which are 3 and 4, and doubles each of them. The result is [6, 8].
                [/THOUGHT]
                [ANSWER]
                assert f([3, -1, 4]) == [6, 8]
                [/ANSWER]

                {Code(problem.Code, $"assert {problem.Input.Trim()} == ??")}
                [THOUGHT]

                """
            : $"""
                {task} Give the full assertion within [ANSWER] and [/ANSWER] and nothing else.

                {Code(Doubles, "assert f([3, -1, 4]) == ??")}
                [ANSWER]
                assert f([3, -1, 4]) == [6, 8]
                [/ANSWER]

                {Code(Joins, "assert f(\"ab\", \"xyz\") == ??")}
                [ANSWER]
                assert f("ab", "xyz") == "ABz"
                [/ANSWER]

                {Code(problem.Code, $"assert {problem.Input.Trim()} == ??")}
                [ANSWER]

                """;
    }

    public static string Input(Problem problem, string method)
    {
        var name = problem.FunctionName;
        var task = $"Find arguments of {name} with which the assertion holds. There may be several; any is right. Use literals alone.";
        return method == "cot"
            ? $"""
                {task} Reason step by step within [THOUGHT] and [/THOUGHT], then give the full assertion within [ANSWER] and [/ANSWER].

                {Code(Doubles, "assert f(??) == [6, 8]")}
                [THOUGHT]
                The function doubles the numbers above 0. Halving 6 and 8 gives 3 and 4, which are above 0, so [3, 4] will do.
                [/THOUGHT]
                [ANSWER]
                assert f([3, 4]) == [6, 8]
                [/ANSWER]

                {Code(problem.Code, $"assert {name}(??) == {problem.Output}")}
                [THOUGHT]

                """
            : $"""
                {task} Give the full assertion within [ANSWER] and [/ANSWER] and nothing else.

                {Code(Doubles, "assert f(??) == [6, 8]")}
                [ANSWER]
                assert f([3, 4]) == [6, 8]
                [/ANSWER]

                {Code(Joins, "assert f(??) == \"ABz\"")}
                [ANSWER]
                assert f("ab", "z") == "ABz"
                [/ANSWER]

                {Code(problem.Code, $"assert {name}(??) == {problem.Output}")}
                [ANSWER]

                """;
    }

    private static string Code(string code, string assertion) => $"[PYTHON]\n{code.Trim('\n')}\n{assertion}\n[/PYTHON]";
}
