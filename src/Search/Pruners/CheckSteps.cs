namespace Nola.Search.Pruners;

/// <summary>At which reports a pruner looks: after the warm-up, and at the first report of each interval.</summary>
/// <param name="Warmup">Steps that are never looked at.</param>
/// <param name="Interval">Length of an interval in steps, at least 1.</param>
internal readonly record struct CheckSteps(long Warmup, long Interval)
{
    /// <summary>Whether to look at a report.</summary>
    /// <param name="step">Its step.</param>
    /// <param name="before">The trial's largest step before; −1 for none.</param>
    public bool Includes(long step, long before) => step >= Warmup && before < (step - Warmup) / Interval * Interval + Warmup;
}
