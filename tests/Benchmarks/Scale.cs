using System.Diagnostics;
using Nola.Benchmarks.Engine;
using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Functions;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Benchmarks;

/// <summary>One experiment of fifty studies on three silos over Redis, 500 trials at once, some of which fail; one silo is killed in mid-run.</summary>
/// <param name="trials">Trials in all.</param>
internal sealed class Scale(int trials = 100_000) : IBenchmark
{
    private const int Studies = 50, Parallelism = 500;

    public string Name => "scale";

    public string About => "trials over 50 studies on three silos, one of which is killed (--trials NUMBER, 100,000 without)";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        await using var cluster = await SiloCluster.Start(folder);
        var began = Stopwatch.GetTimestamp();
        var (killed, told) = (false, 0L);
        var status = await cluster.Run(Spec(trials), TimeSpan.FromMinutes(2), now =>
        {
            foreach (var silo in cluster.Silos)
                silo.Look();
            if (now.Counts.Total >= told + trials / 20)
            {
                told = now.Counts.Total;
                tell(string.Create(CultureInfo.InvariantCulture, $"{told:#,0} ended after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s, {now.Studies.Sum(study => study.Running)} in flight; {Memory(cluster)}"));
            }

            if (killed || now.Counts.Total < trials / 2)
                return;
            killed = true;
            cluster.Silos[1].Kill();
            tell(string.Create(CultureInfo.InvariantCulture, $"{cluster.Silos[1].Name} is killed at {now.Counts.Total:#,0}"));
        });
        var seconds = (status.EndedAt - status.StartedAt)!.Value.TotalSeconds;
        var records = new List<TrialRecord>();
        for (var study = 0; study < Studies; study++)
            await Collect(cluster, study, records);
        Check(status, records);
        tell(string.Create(CultureInfo.InvariantCulture, $"{status.Counts}; {records.Count(record => record.Attempts > 1)} trials had more than one attempt; {Memory(cluster)}"));
        return
        [
            new(Name, string.Create(CultureInfo.InvariantCulture, $"{trials:#,0} trials, {Studies} studies, {Parallelism} at once, one of three silos killed"), "min", [seconds / 60]),
            new(Name, "trials a second", "/s", [trials / seconds]),
            new(Name, "trials that failed", "", [status.Counts.Failed]),
            new(Name, "trials with more than one attempt", "", [records.Count(record => record.Attempts > 1)]),
            .. cluster.Silos.Select(silo => new Figure(Name, $"peak resident memory, {silo.Name}", "MB", [silo.PeakMemory / 1e6])),
        ];
    }

    private static async Task Collect(SiloCluster cluster, int study, List<TrialRecord> records)
    {
        var experiment = cluster.Grains.GetGrain<IExperimentGrain>("scale");
        for (var read = 0; await experiment.GetTrials(study, read, 512) is { IsEmpty: false } page; read += page.Length)
            records.AddRange(page);
    }

    // Every trial ends exactly once, whatever was lost.
    private void Check(ExperimentStatus status, List<TrialRecord> records)
    {
        var expected = Enumerable.Range(0, Studies).SelectMany(study => Enumerable.Range(0, trials / Studies).Select(number => new TrialId("scale", study, number)));
        if (records.Count != trials || !records.Select(record => record.Id).ToHashSet().SetEquals(expected) || status.Counts.Total != trials || status.Studies.Any(study => study.Counts.Total != trials / Studies))
            throw new InvalidOperationException($"Of {trials} trials {records.Count} are stored, {records.DistinctBy(record => record.Id).Count()} different ones, and {status.Counts} are counted.");
        var failing = expected.Where(trial => new TrialCourse(Method(trial.Study), [0], trial.Study, trial.Number, 0).FailsAt is not null).ToHashSet();
        if (!records.Where(record => record.Result.Outcome is Failed).Select(record => record.Id).ToHashSet().SetEquals(failing) || status.Counts.Failed != failing.Count)
            throw new InvalidOperationException($"{failing.Count} trials were to fail, {records.Count(record => record.Result.Outcome is Failed)} stored ones did, and {status.Counts.Failed} are counted.");
    }

    private static string Memory(SiloCluster cluster) => string.Join(", ", cluster.Silos.Select(silo => string.Create(CultureInfo.InvariantCulture, $"{silo.Name} {silo.PeakMemory / 1e6:0} MB at most")));

    // Two seconds with ten reports; one trial of twenty fails on the way.
    private static FunctionMethod Method(int study) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"sphere-{study}"),
        Function = "sphere",
        Duration = TimeSpan.FromSeconds(2),
        Curve = 1,
        FailureRate = 0.05,
    };

    private static ExperimentSpec Spec(int trials) => new()
    {
        Name = "scale",
        Task = "function",
        Methods = [.. Enumerable.Range(0, Studies).Select(Method)],
        Objective = new("value", Direction.Minimize),
        Parallelism = Parallelism,
        Needs = new() { Slot = SlotKind.Light },
        Search = new()
        {
            Sampler = "random",
            Trials = trials / Studies,
            Space = new([new("x", new FloatRange(-5, 5)), new("y", new FloatRange(-5, 5))]),
        },
    };
}
