using System.Diagnostics;
using Nola.Benchmarks.Engine;
using Nola.Contracts;
using Nola.Core.Experiments;

namespace Nola.Benchmarks;

/// <summary>Three silos over Redis; the one whose workers train is killed. How long until all its trials train again on another one?</summary>
internal sealed class Recovery : IBenchmark
{
    private const int Runs = 3, Trials = 2;

    public string Name => "recovery";

    public string About => "from the SIGKILL of a silo to the next training step of its trials";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        var runs = new List<(double ToLease, double ToStep)>();
        for (var run = 1; run <= Runs; run++)
        {
            runs.Add(await KillOne(Path.Combine(folder, $"run-{run}"), line => tell($"run {run}: {line}")));
            tell(string.Create(CultureInfo.InvariantCulture, $"run {run}: leased after {runs[^1].ToLease:0.0} s, trained after {runs[^1].ToStep:0.0} s"));
        }

        return
        [
            new(Name, "SIGKILL of a silo to the next step of its 2 trials elsewhere", "s", [.. runs.Select(run => run.ToStep)], Target: 15),
            new(Name, "of which to new leases for both", "s", [.. runs.Select(run => run.ToLease)]),
        ];
    }

    private static async Task<(double ToLease, double ToStep)> KillOne(string folder, Action<string> tell)
    {
        Directory.CreateDirectory(folder);
        await using var cluster = await SiloCluster.Start(folder);
        var experiment = cluster.Grains.GetGrain<IExperimentGrain>("training");
        await experiment.Submit(Specs.Training("training", folder, null, Trials, notes: 4096, epochs: 10_000) with { Parallelism = Trials });
        await Until(experiment.GetStatus, status => status?.Running.Count(trial => trial.Progress?.Step > 100) == Trials);
        var scheduler = cluster.Grains.GetGrain<IClusterGrain>(0);
        var status = await scheduler.GetStatus();
        var holder = status.Silos.MaxBy(silo => silo.Leases.Length)!;
        var lost = holder.Leases.Select(lease => lease.Trial).ToHashSet();
        tell($"{holder.Name} holds {lost.Count} trials");

        var began = Stopwatch.GetTimestamp();
        cluster.Silos.Single(silo => silo.Name == holder.Name).Kill();
        var leased = Until(scheduler.GetStatus, now => now.Silos.Where(silo => silo.Name != holder.Name).Sum(silo => silo.Leases.Count(lease => lost.Contains(lease.Trial))) == lost.Count);
        var trained = Until(experiment.GetStatus, now => now?.Running.Count(trial => lost.Contains(trial.Id) && trial is { Attempt: > 1, Progress.Spent.Steps: > 0 }) == lost.Count);
        await leased;
        var toLease = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await trained;
        return (toLease, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    // Questions overlap: one that waits for a dead silo must not hide what a later one hears.
    private static async Task Until<T>(Func<Task<T>> question, Func<T, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var isSo = new TaskCompletionSource();
        while (!isSo.Task.IsCompleted && await timer.WaitForNextTickAsync(limit.Token))
            Ask().Ignore();

        async Task Ask()
        {
            if (condition(await question()))
                isSo.TrySetResult();
        }
    }
}
