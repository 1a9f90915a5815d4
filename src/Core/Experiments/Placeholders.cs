using System.Text.RegularExpressions;

namespace Nola.Core.Experiments;

/// <summary>Names in braces that stand for values in the arguments and variables of a command: <c>--rate={learningRate}</c>. <c>{{name}}</c> is <c>{name}</c> itself.</summary>
public static partial class Placeholders
{
    /// <summary>Those that name a file with all parameters.</summary>
    public static ImmutableArray<string> ParameterFiles { get; } = ["parameters.json", "parameters.yaml"];

    /// <summary>Those that every trial has; no parameter may have such a name.</summary>
    public static ImmutableArray<string> Given { get; } =
        ["seed", "trial", "study", "experiment", "attempt", "artifacts", "device", "threads", "metrics", .. ParameterFiles];

    /// <summary>Whether a name can be that of a parameter.</summary>
    public static bool IsName(string text) => Name().IsMatch(text) && !Given.Contains(text);

    /// <summary>The names in a text, each as often as it stands there.</summary>
    public static IEnumerable<string> In(string text) => Pattern().Matches(text).Where(match => match.Groups["name"].Success).Select(match => match.Groups["name"].Value);

    /// <summary>The text with every name replaced by its value.</summary>
    public static string Fill(string text, Func<string, string> valueOf) =>
        Pattern().Replace(text, match => match.Groups["name"] is { Success: true, Value: var name } ? valueOf(name) : match.Value[1..^1]);

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.-]*$")]
    private static partial Regex Name();

    // Braces around anything else, as in JSON, are left alone.
    [GeneratedRegex(@"\{\{[A-Za-z_][A-Za-z0-9_.-]*\}\}|\{(?<name>[A-Za-z_][A-Za-z0-9_.-]*)\}")]
    private static partial Regex Pattern();
}
