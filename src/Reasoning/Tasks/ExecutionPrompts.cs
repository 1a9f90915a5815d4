using Nola.Reasoning.Problems;

namespace Nola.Reasoning.Tasks;

/// <summary>Questions for the output of a program: one example, then the program in question. Three families: Java, Python, and functions.</summary>
internal static class ExecutionPrompts
{
    private const string Analysis = """
        The program reads n = 20, a = 2 and b = 5 and adds up every number from 1 to 20 whose digits sum to at least 2 and at most 5.
        From 1 to 9 these are 2, 3, 4 and 5; their sum is 14. From 10 to 19 the digits sum to 1 + the last digit, so 11, 12, 13 and 14 count (10 sums to 1 and does not); their sum is 50.
        20 has the digit sum 2 and counts. In all 14 + 50 + 20 = 84.
        """;

    private const string PythonExample = """
        n, a, b = map(int, input().split())
        total = 0
        for number in range(1, n + 1):
            digits = sum(int(digit) for digit in str(number))
            if a <= digits <= b:
                total += number
        print(total)
        """;

    private const string JavaExample = """
        import java.util.Scanner;

        public class Main {
            public static void main(String[] args) {
                Scanner scanner = new Scanner(System.in);
                int n = scanner.nextInt(), a = scanner.nextInt(), b = scanner.nextInt();
                int total = 0;
                for (int number = 1; number <= n; number++) {
                    int digits = 0;
                    for (int rest = number; rest > 0; rest /= 10)
                        digits += rest % 10;
                    if (a <= digits && digits <= b)
                        total += number;
                }
                System.out.println(total);
            }
        }
        """;

    private const string FunctionExample = """
        def sum_of_numbers(n, a, b):
            total = 0
            for number in range(1, n + 1):
                digits = sum(int(digit) for digit in str(number))
                if a <= digits <= b:
                    total += number
            return total
        """;

    /// <summary>The question about a problem.</summary>
    public static string Of(Problem problem, bool direct) => Of(problem.Language, problem.IsFunction, problem.Code, problem.Input, direct);

    public static string Of(ProgramLanguage language, bool isFunction, string code, string input, bool direct)
    {
        var name = language == ProgramLanguage.Java ? "Java" : "Python";
        var example = isFunction ? FunctionExample : language == ProgramLanguage.Java ? JavaExample : PythonExample;
        var task = isFunction
            ? "You are given a Python function and a call of it. Work out what the call returns."
            : $"You are given a {name} program and what it reads from standard input. Work out what it prints.";
        var form = direct
            ? "Answer with the output alone, in this form:\n<<<Output>>>\n(the output)\n[END-OF-RESPONSE]"
            : "Go through the execution step by step first. Answer in this form:\n<<<Analysis>>>\n(your analysis)\n<<<Output>>>\n(the output)\n[END-OF-RESPONSE]";
        return $"""
            {task}
            {form}

            Example
            {Question(name, isFunction, example, isFunction ? "sum_of_numbers(20, 2, 5)" : "20 2 5")}
            {(direct ? "" : $"<<<Analysis>>>\n{Analysis}\n")}<<<Output>>>
            84
            [END-OF-RESPONSE]

            Now it is your turn.
            {Question(name, isFunction, code, input)}
            """;
    }

    private static string Question(string language, bool isFunction, string code, string input) => $"""
        {(isFunction ? "Function" : language + " program")}:
        ```{language.ToLowerInvariant()}
        {code.Trim('\n')}
        ```
        {(isFunction ? $"What does `{input.Trim()}` return?" : $"Standard input:\n```\n{input.TrimEnd('\n')}\n```\nWhat does it print?")}

        """;
}
