using Nola.Reasoning.Problems;

namespace Nola.Reasoning.Tasks;

/// <summary>Questions for a program that satisfies a specification.</summary>
internal static class SynthesisPrompts
{
    /// <param name="problem">A problem with a specification.</param>
    /// <param name="assertion">The test to show; null to show none, then the signature is shown where the specification does not hold it.</param>
    public static string Of(Problem problem, string? assertion)
    {
        var signature = assertion is null && problem.Signature is { } line && !problem.Specification!.Contains(line, StringComparison.Ordinal)
            ? $"\nThe function begins with: {line}:\n"
            : "";
        var test = assertion is null ? "" : $"\nYour code should satisfy the following assertion:\n{assertion.Trim()}\n";
        return $"""
            Write a Python 3 function for the specification below. Answer with the whole function, with its imports and helpers, in one fenced block and without tests, then [END-OF-RESPONSE].

            Example
            Specification:
            Write a function that returns the sum of the digits of a whole number.

            Your code should satisfy the following assertion:
            assert digit_sum(205) == 7

            ```python
            def digit_sum(number):
                return sum(int(digit) for digit in str(abs(number)))
            ```
            [END-OF-RESPONSE]

            Now it is your turn.
            Specification:
            {problem.Specification!.Trim('\n')}
            {signature}{test}
            """;
    }
}
