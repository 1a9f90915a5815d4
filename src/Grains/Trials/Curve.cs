using Nola.Core.Trials;

namespace Nola.Grains.Trials;

/// <summary>A trial's measurements by step, so few that they can be stored with every trial.</summary>
internal static class Curve
{
    /// <summary>Most measurements kept of one trial.</summary>
    public const int Size = 64;

    /// <summary>
    /// The measurements with one more. Those of the same and later steps go: the attempt that measured them was lost. Of too many, the one goes whose
    /// neighbours are nearest to each other, so the rest is evenly spaced; the first and the newest stay.
    /// </summary>
    public static ImmutableArray<Measurement> Add(ImmutableArray<Measurement> known, Measurement next)
    {
        var all = known.Where(measurement => measurement.Step < next.Step).Append(next).ToImmutableArray();
        if (all.Length <= Size)
            return all;
        var redundant = Enumerable.Range(1, all.Length - 2).MinBy(index => all[index + 1].Step - all[index - 1].Step);
        return all.RemoveAt(redundant);
    }
}
