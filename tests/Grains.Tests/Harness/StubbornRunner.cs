using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Grains.Tests.Harness;

/// <summary>A runner that takes no notice of being stopped: its attempts end when the test says so.</summary>
internal sealed class StubbornRunner : ITrialRunner
{
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int started;

    public string Kind => RunnerKinds.Function;

    public int Started => Volatile.Read(ref started);

    public void Release() => release.TrySetResult();

    public async Task<RunResult> Run(TrialAttempt attempt, ITrialReporter reporter, CancellationToken stop)
    {
        Interlocked.Increment(ref started);
        await release.Task;
        return new() { Outcome = new Completed(), Objective = attempt.Trial.Id.Number };
    }
}
