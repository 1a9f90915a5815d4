using System.Globalization;

namespace Nola.Reasoning.Scoring;

/// <summary>The types by which outputs are grouped in arXiv 2402.09664.</summary>
public enum OutputType
{
    Int,
    Decimal,
    String,

    /// <summary>True or false.</summary>
    Binary,
    List,
    Tuple,

    /// <summary>Dictionaries, sets, None, and printed output of several lines or values.</summary>
    Other,
}

/// <summary>Tells the type of an output from its text.</summary>
public static class OutputTypes
{
    /// <summary>The type of a Python literal; text that is none is a number if it reads as one, else <see cref="OutputType.String"/>.</summary>
    public static OutputType Of(string output)
    {
        var text = output.Trim().Trim('`').Trim();
        return PythonValue.Parse(text) switch
        {
            PythonNumber { Kind: PythonNumberKind.Boolean } => OutputType.Binary,
            PythonNumber { Kind: PythonNumberKind.Integer } => OutputType.Int,
            PythonNumber => OutputType.Decimal,
            PythonText => OutputType.String,
            PythonSequence { IsTuple: true } => OutputType.Tuple,
            PythonSequence => OutputType.List,
            not null => OutputType.Other,
            null when text is "true" or "false" => OutputType.Binary,
            null when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => text.All(letter => char.IsAsciiDigit(letter) || letter is '-' or '+')
                ? OutputType.Int
                : OutputType.Decimal,
            null when text.Contains('\n', StringComparison.Ordinal) => OutputType.Other,
            null => OutputType.String,
        };
    }
}
