namespace Nola.Search;

/// <summary>
/// Decides from intermediate values which running trials are not worth going on with. Values are such that smaller is better.
/// </summary>
/// <remarks>Like a sampler, it can be rebuilt by replaying the reports of its study's trials.</remarks>
public interface IPruner
{
    /// <summary>Takes one report of a running trial and decides about it.</summary>
    PruneDecision Report(int trial, long step, double value);

    /// <summary>Tells that a trial has ended.</summary>
    void End(int trial, ObservationState state);
}

/// <summary>A pruner that pauses trials instead of ending them, and says which of them are to go on.</summary>
public interface IPausingPruner : IPruner
{
    /// <summary>The paused trials that are a better use of a free slot than a new trial, the most promising first.</summary>
    /// <param name="isPaused">Whether a trial is paused now.</param>
    IEnumerable<int> Promotable(Func<int, bool> isPaused);
}

/// <summary>What a pruner says of a running trial.</summary>
public enum PruneDecision
{
    Continue,
    Prune,

    /// <summary>The trial gives up its slot and keeps its checkpoint; it may go on later.</summary>
    Pause,
}
