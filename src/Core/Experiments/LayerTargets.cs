using System.Globalization;
using System.Text.RegularExpressions;

namespace Nola.Core.Experiments;

/// <summary>Which linear layers a method adapts, by the rules of Hugging Face PEFT.</summary>
/// <param name="Names">Names, or ends of names after a dot; <see cref="AllLinear"/> for every one.</param>
/// <param name="Pattern">A regular expression that the whole name must match, as an alternative to names; null for none.</param>
/// <param name="Layers">Indices of transformer layers, that is the first number in a name; empty for all.</param>
public sealed partial record LayerTargets(ImmutableArray<string> Names, string? Pattern, ImmutableArray<int> Layers)
{
    /// <summary>Stands among the names for every linear layer but the output head.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>Whether neither names nor a pattern are given.</summary>
    public bool IsEmpty => Names.IsEmpty && Pattern is null;

    /// <summary>Whether a layer of that full name is adapted.</summary>
    public bool Match(string layer) => (Names.Any(name => IsNamed(layer, name)) || (Pattern is not null && MatchesWhole(layer, Pattern)))
        && (Layers.IsEmpty || (LayerIndex().Match(layer) is { Success: true } index && Layers.Contains(int.Parse(index.Groups[1].Value, CultureInfo.InvariantCulture))));

    /// <summary>Whether a name is the layer's own, an end of it after a dot, or <see cref="AllLinear"/>.</summary>
    public static bool IsNamed(string layer, string name) => name == AllLinear || layer == name || layer.EndsWith("." + name, StringComparison.Ordinal);

    /// <summary>Whether a regular expression matches all of a text.</summary>
    /// <exception cref="ArgumentException">The expression is malformed.</exception>
    /// <exception cref="RegexMatchTimeoutException">It takes more than a second.</exception>
    public static bool MatchesWhole(string text, string pattern) => Regex.IsMatch(text, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>The value of the first pattern that matches a layer's name, or an end of it after a dot; null when none does. PEFT's rank_pattern and alpha_pattern.</summary>
    public static T? Find<T>(ImmutableSortedDictionary<string, T> patterns, string layer)
        where T : struct
    {
        foreach (var (pattern, value) in patterns)
            if (MatchesWhole(layer, $@"(.*\.)?({pattern})"))
                return value;
        return null;
    }

    [GeneratedRegex(@"\.(\d+)\.")]
    private static partial Regex LayerIndex();
}
