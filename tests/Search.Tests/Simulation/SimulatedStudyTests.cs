using System.Collections.Immutable;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Search.Simulation;

namespace Nola.Search.Tests.Simulation;

public class SimulatedStudyTests
{
    [Fact]
    public void Run_SeveralWorkers_ShareTheTime()
    {
        var trials = Study("sphere", parallelism: 4).Run().ToArray();

        Assert.Equal(Enumerable.Range(0, 20), trials.Select(trial => trial.Number));
        Assert.Equal(Enumerable.Range(0, 20).Select(number => 1.0 + number / 4), trials.Select(trial => trial.EndedAt));
        Assert.All(trials, trial => Assert.Equal(ObservationState.Completed, trial.State));
    }

    [Fact]
    public void Run_Again_IsTheSame() =>
        Assert.Equal(Study("branin", sampler: "tpe").Run().Select(trial => trial.Values[0]), Study("branin", sampler: "tpe").Run().Select(trial => trial.Values[0]));

    [Fact]
    public void Run_Halving_EndsMostTrialsEarlyAndTheStudySooner()
    {
        var trials = Study("sphere", parallelism: 4, pruner: "halving", curve: 16).Run().ToArray();

        Assert.Equal(Enumerable.Range(0, 20), trials.Select(trial => trial.Number).Order());
        Assert.Equal(trials.Select(trial => trial.EndedAt).Order(), trials.Select(trial => trial.EndedAt));
        Assert.All(trials, trial => Assert.Equal(trial.State == ObservationState.Completed ? 16 : 1, trial.State == ObservationState.Completed ? trial.Steps : Math.Min(1, trial.Steps)));
        Assert.InRange(trials.Count(trial => trial.State == ObservationState.Pruned), 8, 19);
        Assert.InRange(trials[^1].EndedAt, 1, 4);
    }

    [Fact]
    public void Run_PausingHalving_GoesOnWithTheBestAndPrunesTheRest()
    {
        var trials = Study("sphere", parallelism: 4, pruner: "pausing-halving", curve: 16).Run().ToArray();

        Assert.Equal(Enumerable.Range(0, 20), trials.Select(trial => trial.Number).Order());
        Assert.InRange(trials.Count(trial => trial.State == ObservationState.Completed), 1, 5);
        Assert.All(trials.Where(trial => trial.State == ObservationState.Pruned), trial => Assert.Contains(trial.Steps, new[] { 1, 4 }));
        Assert.Equal(trials.Select(trial => trial.EndedAt).Order(), trials.Select(trial => trial.EndedAt));
        // Each worker does one thing at a time.
        Assert.InRange(trials[^1].EndedAt, trials.Sum(trial => trial.Steps) / 16.0 / 4, 4);
    }

    [Fact]
    public void Run_FailureRate_LosesTrialsAndGoesOn()
    {
        var states = Study("sphere", failureRate: 0.5).Run().Select(trial => trial.State).ToArray();

        Assert.Equal(20, states.Length);
        Assert.InRange(states.Count(state => state == ObservationState.Failed), 4, 16);
    }

    [Fact]
    public void Run_TwoObjectives_GivesBoth() => Assert.All(Study("zdt1", sampler: "nsga").Run(), trial => Assert.Equal(2, trial.Values.Length));

    [Fact]
    public void Run_UnknownFunction_Throws() => Assert.Throws<ArgumentException>(() => Study("spheer").Run());

    private static SimulatedStudy Study(string function, int parallelism = 1, string sampler = "random", string? pruner = null, double curve = 0, double failureRate = 0) => new()
    {
        Method = new() { Id = "f", Function = function, Steps = 16, Curve = curve, FailureRate = failureRate },
        Search = new()
        {
            Sampler = sampler, Pruner = pruner, Trials = 20, Space = new([]),
            PrunerOptions = pruner is null ? ImmutableSortedDictionary<string, ParameterValue>.Empty : ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("leastSteps", 1),
        },
        Parallelism = parallelism,
    };
}
