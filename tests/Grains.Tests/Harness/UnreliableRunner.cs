using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Grains.Tests.Harness;

/// <summary>A runner whose attempts are lost at random.</summary>
internal sealed class UnreliableRunner(int seed, double lossRate) : ITrialRunner
{
    private readonly Random random = new(seed);

    public string Kind => RunnerKinds.Function;

    public int Lost { get; private set; }

    public async Task<RunResult> Run(TrialAttempt attempt, ITrialReporter reporter, CancellationToken stop)
    {
        await Task.Yield();
        lock (random)
        {
            if (random.NextDouble() < lossRate)
            {
                Lost++;
                throw new AttemptLostException("the worker died");
            }
        }

        return new() { Outcome = new Completed(), Objective = attempt.Trial.Id.Number };
    }
}
