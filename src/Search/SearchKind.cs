using Nola.Core.Searching;

namespace Nola.Search;

/// <summary>A sampler or a pruner as specs name it.</summary>
/// <param name="Name">As it stands in a spec file.</param>
/// <param name="Summary">What it does, one sentence for the reference page.</param>
/// <param name="Options">What can be set.</param>
public sealed record SearchKind(string Name, string Summary, ImmutableArray<SearchSetting> Options)
{
    /// <summary>Throws <see cref="ArgumentException"/> for an option that it does not have, or a value out of range.</summary>
    internal void Check(IReadOnlyDictionary<string, ParameterValue> options)
    {
        foreach (var (name, value) in options)
        {
            if (Options.FirstOrDefault(option => option.Name == name) is not { } known)
                throw new ArgumentException($"{Name} has no option '{name}'{(Options.IsEmpty ? "" : $"; known are {string.Join(", ", Options.Select(option => option.Name))}")}.", nameof(options));
            if (!known.Takes(value))
                throw new ArgumentException($"The option {name} of {Name} is {value}, but must be {known.Words}.", nameof(options));
        }
    }
}

/// <summary>An option of a sampler or a pruner: a number in a range, or one of a few names.</summary>
/// <param name="Name">As it stands in a spec file.</param>
/// <param name="Summary">What it says, with its unit.</param>
/// <param name="Default">What holds without it, in words.</param>
public sealed record SearchSetting(string Name, string Summary, string Default)
{
    /// <summary>Smallest number.</summary>
    public double Low { get; init; }

    /// <summary>Largest number.</summary>
    public double High { get; init; } = 1e9;

    /// <summary>Whether it takes whole numbers only.</summary>
    public bool IsInteger { get; init; } = true;

    /// <summary>The names it takes; empty for a number.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    internal string Words => Choices.IsEmpty ? FormattableString.Invariant($"{(IsInteger ? "an integer" : "a number")} from {Low} to {High}") : $"one of {string.Join(", ", Choices)}";

    internal bool Takes(ParameterValue value) => Choices.IsEmpty
        ? value.IsNumeric && value.AsNumber() >= Low && value.AsNumber() <= High && (!IsInteger || value.AsNumber() == Math.Truncate(value.AsNumber()))
        : value.Kind == ParameterKind.Text && Choices.Contains(value.AsText());
}

/// <summary>Reads options that were checked.</summary>
internal static class OptionValues
{
    public static int Integer(this IReadOnlyDictionary<string, ParameterValue> options, string name, int otherwise) =>
        options.TryGetValue(name, out var value) ? (int)value.AsInteger() : otherwise;

    public static double Number(this IReadOnlyDictionary<string, ParameterValue> options, string name, double otherwise) =>
        options.TryGetValue(name, out var value) ? value.AsNumber() : otherwise;
}
