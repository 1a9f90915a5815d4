using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Sections;

/// <summary>A dataset as read from a spec, with the places that later checks need.</summary>
/// <param name="Spec">What goes into the experiment.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="IsReadable">Whether its files are there, so that reading them makes sense.</param>
internal sealed record DatasetDraft(DatasetSpec Spec, Mark Place, bool IsReadable)
{
    /// <summary>One file without a column that tells its splits, which is right for problems only; null for other datasets.</summary>
    public PlacedPath? Unsplit { get; init; }

    public required Mark TrainAt { get; init; }
    public required Mark ValidationAt { get; init; }
    public required Mark TestAt { get; init; }
    public required Mark TextAt { get; init; }
    public required Mark TextPairAt { get; init; }
    public required Mark LabelAt { get; init; }
    public required Mark SplitAt { get; init; }
    public required Mark FormatAt { get; init; }
    public required Mark MarkersAt { get; init; }
    public required Mark AlsoEvaluateAt { get; init; }

    /// <summary>A dataset that the spec only names.</summary>
    public static DatasetDraft At(DatasetSpec spec, Mark at) => new(spec, at, true)
    {
        TrainAt = at,
        ValidationAt = at,
        TestAt = at,
        TextAt = at,
        TextPairAt = at,
        LabelAt = at,
        SplitAt = at,
        FormatAt = at,
        MarkersAt = at,
        AlsoEvaluateAt = at,
    };
}
