using System.Collections.Concurrent;
using Nola.Search;

namespace Nola.Grains.Tests.Harness;

/// <summary>Prunes every trial of an odd number at its third step, and remembers all that it heard.</summary>
internal sealed class StepPruner : IPruner
{
    public ConcurrentQueue<(int Trial, long Step, double Value)> Heard { get; } = [];

    public ConcurrentQueue<(int Trial, ObservationState State)> Ended { get; } = [];

    public PruneDecision Report(int trial, long step, double value)
    {
        Heard.Enqueue((trial, step, value));
        return trial % 2 == 1 && step >= 3 ? PruneDecision.Prune : PruneDecision.Continue;
    }

    public void End(int trial, ObservationState state) => Ended.Enqueue((trial, state));
}
