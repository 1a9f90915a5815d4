using System.Globalization;

namespace Nola.Core.Budgets;

/// <summary>Caps on one trial. Null means no cap. Several caps may be set; the first one reached ends the trial.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.TrialBudget")]
public sealed record TrialBudget
{
    /// <summary>No caps.</summary>
    public static TrialBudget None { get; } = new();

    /// <summary>Training time, over all attempts.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Training samples seen.</summary>
    public long? Samples { get; init; }

    /// <summary>Optimizer steps.</summary>
    public long? Steps { get; init; }

    /// <summary>Passes over the training split.</summary>
    public double? Epochs { get; init; }

    /// <summary>
    /// Size of the few-shot training subset, per class; null for the whole split. Subsets of one seed are nested:
    /// the 8-per-class set lies inside the 16-per-class set.
    /// </summary>
    public int? SamplesPerClass { get; init; }

    /// <summary>The caps as tables show them, such as <c>8 per class, 2000 s</c>; empty without caps.</summary>
    public string ToShortText() => string.Join(", ", new[]
    {
        SamplesPerClass is { } perClass ? string.Create(CultureInfo.InvariantCulture, $"{perClass} per class") : null,
        Time is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s") : null,
        Samples is { } samples ? string.Create(CultureInfo.InvariantCulture, $"{samples} samples") : null,
        Steps is { } steps ? string.Create(CultureInfo.InvariantCulture, $"{steps} steps") : null,
        Epochs is { } epochs ? string.Create(CultureInfo.InvariantCulture, $"{epochs:0.###} epochs") : null,
    }.Where(part => part is not null));
}
