namespace Nola.Reasoning.Problems;

/// <summary>A program with an input and the output that it gives: what a model is asked about.</summary>
public sealed record Problem
{
    /// <summary>Name of the set it is from, such as <c>mbpp</c>.</summary>
    public required string Dataset { get; init; }

    /// <summary>Name within the set; answers are recorded under it.</summary>
    public required string Id { get; init; }

    public required ProgramLanguage Language { get; init; }

    /// <summary>Source of the program or function.</summary>
    public required string Code { get; init; }

    /// <summary>A call expression such as <c>f([1, 2])</c> for functions, standard input for programs.</summary>
    public required string Input { get; init; }

    /// <summary>What the call returns, as a Python expression, or what the program prints; null when it is not known.</summary>
    public string? Output { get; init; }

    /// <summary>What the function is for, in words; null when there is no such text.</summary>
    public string? Specification { get; init; }

    /// <summary>One assertion about the call in <see cref="Input"/>.</summary>
    public string? Assertion { get; init; }

    /// <summary>Every test: assertions, or a function <c>check(candidate)</c>.</summary>
    public string? AllAssertions { get; init; }

    /// <summary>First line of the function, such as <c>def f(x)</c>.</summary>
    public string? Signature { get; init; }

    /// <summary>A wrong output that looks right.</summary>
    public string? MisleadingOutput { get; init; }

    /// <summary>Whether the input is a call of a function; otherwise it is standard input of a program.</summary>
    public bool IsFunction => Language == ProgramLanguage.Python && (Assertion is not null || IsCall);

    /// <summary>Name of the called function; null when the input is no call.</summary>
    public string? FunctionName => Input.IndexOf('(', StringComparison.Ordinal) is > 0 and var end && IsName(Input.AsSpan(0, end).Trim()) ? Input[..end].Trim() : null;

    private bool IsCall => Input.TrimEnd().EndsWith(')') && FunctionName is { } name && Code.Contains($"def {name}(", StringComparison.Ordinal);

    private static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsDigit(text[0]))
            return false;
        foreach (var letter in text)
            if (!char.IsLetterOrDigit(letter) && letter != '_')
                return false;
        return true;
    }
}

/// <summary>Language of a program.</summary>
public enum ProgramLanguage
{
    /// <summary>Python 3.</summary>
    Python,

    /// <summary>Java; the class with <c>main</c> is found by the compiler.</summary>
    Java,
}
