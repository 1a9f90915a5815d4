using System.Collections.Concurrent;
using System.Globalization;
using Nola.Client.Specs.Checks;
using Nola.Client.Views;
using Nola.Core.Functions;
using Nola.Core.Scoring;
using Nola.Search;
using Nola.Search.Simulation;
using Spectre.Console;

namespace Nola.Client.Searches;

/// <summary>Simulated studies of every combination of function, sampler and pruner, each with several seeds.</summary>
internal sealed class Race
{
    private readonly List<RaceResult> results = [];

    public required ImmutableArray<TestFunction> Functions { get; init; }
    public required ImmutableArray<string> Samplers { get; init; }

    /// <summary>Names of pruners, <c>none</c> among them.</summary>
    public required ImmutableArray<string> Pruners { get; init; }
    public required int Seeds { get; init; }
    public required int Trials { get; init; }
    public required int Parallelism { get; init; }

    /// <summary>Simulated time after which studies end, whatever <see cref="Trials"/> says; null for none.</summary>
    public int? Time { get; init; }

    /// <summary>Reports of a trial with a pruner.</summary>
    public required int Steps { get; init; }

    /// <summary>Number of studies.</summary>
    public int Studies => Functions.Length * Samplers.Length * Pruners.Length * Seeds;

    /// <summary>What cannot be raced; null when all can.</summary>
    public string? Fault
    {
        get
        {
            if (Functions.FirstOrDefault(function => function.Objectives > 1) is not { } several)
                return null;
            return Samplers.FirstOrDefault(ObjectiveChecks.NeedsOneObjective) is { } sampler ? $"The sampler {sampler} looks for one objective only, but {several.Name} has {several.Objectives}; use tpe or nsga."
                : Pruners.FirstOrDefault(name => name != "none") is { } pruner ? $"The pruner {pruner} judges by one objective, but {several.Name} has {several.Objectives}."
                : null;
        }
    }

    /// <summary>Those that are done.</summary>
    public ImmutableArray<RaceResult> Results => [.. results];

    /// <summary>Runs all, or those that can be done before the token is cancelled.</summary>
    /// <param name="tell">Hears how many studies are done, and what is being done.</param>
    /// <param name="stop">Ends it.</param>
    public void Run(Action<int, string> tell, CancellationToken stop)
    {
        var done = 0;
        var one = new Lock();
        foreach (var function in Functions)
        {
            foreach (var (sampler, pruner) in Samplers.SelectMany(sampler => Pruners.Select(pruner => (sampler, pruner))))
            {
                var found = new ConcurrentDictionary<int, (double Gap, double Time, int Trials)>();
                try
                {
                    Parallel.For(0, Seeds, new() { CancellationToken = stop, MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
                    {
                        found[seed] = Study(function, sampler, pruner, seed, stop);
                        lock (one)
                            tell(++done, $"{function.Name} with {sampler}");
                    });
                }
                catch (OperationCanceledException)
                {
                    return;
                }

                results.Add(new(function.Name, sampler, pruner == "none" ? null : pruner, (int)Quantiles.Median(found.Values.Select(item => (double)item.Trials).Order().ToArray()), Parallelism, [.. found.Values.Select(item => item.Gap).Order()], Quantiles.Median(found.Values.Select(item => item.Time).Order().ToArray())));
            }
        }
    }

    /// <summary>The results as a table.</summary>
    public Table Table()
    {
        var table = Tables.Of(["function", "sampler", .. Pruners is ["none"] ? Array.Empty<string>() : ["pruner"], ">best − optimum", ">quartiles", ">trials", ">time"]);
        foreach (var result in results)
            table.AddRow([
                result.Function, result.Sampler, .. Pruners is ["none"] ? Array.Empty<string>() : [result.Pruner ?? "none"],
                Number(result.Median), $"{Number(result.Quartiles[0])} – {Number(result.Quartiles[1])}", result.Trials.ToString(CultureInfo.InvariantCulture), result.Time.ToString("0.#", CultureInfo.InvariantCulture)]);
        return table;
    }

    private (double Gap, double Time, int Trials) Study(TestFunction function, string sampler, string pruner, int seed, CancellationToken stop)
    {
        var trials = new SimulatedStudy
        {
            Method = new() { Id = function.Name, Function = function.Name, Steps = pruner == "none" ? null : Steps, Curve = pruner == "none" ? 0 : function.Spread },
            Search = new() { Sampler = sampler, Pruner = pruner == "none" ? null : pruner, Trials = Time is null ? Trials : int.MaxValue, Seed = seed, Space = function.Space },
            Parallelism = Parallelism,
        }.Run().TakeWhile(trial => !stop.IsCancellationRequested && !(trial.EndedAt > Time)).ToArray();
        stop.ThrowIfCancellationRequested();
        return (function.Gap(trials.Where(trial => trial.State == ObservationState.Completed).Select(trial => trial.Values)), trials.Select(trial => trial.EndedAt).DefaultIfEmpty(0).Max(), trials.Length);
    }

    private static string Number(double value) => value.ToString("0.00e+0", CultureInfo.InvariantCulture);
}

/// <summary>What a sampler and a pruner found on a function.</summary>
/// <param name="Function">The function.</param>
/// <param name="Sampler">The sampler.</param>
/// <param name="Pruner">The pruner; null for none.</param>
/// <param name="Trials">Median of the studies' numbers of trials.</param>
/// <param name="Parallelism">Trials at once.</param>
/// <param name="Gaps">Best minus optimum of each study, the best first.</param>
/// <param name="Time">Median of the studies' simulated times, where a whole trial takes 1.</param>
internal sealed record RaceResult(string Function, string Sampler, string? Pruner, int Trials, int Parallelism, ImmutableArray<double> Gaps, double Time)
{
    public double Median => Quantiles.Median(Gaps.AsSpan());

    public ImmutableArray<double> Quartiles => [Quantiles.Of(Gaps.AsSpan(), 0.25), Quantiles.Of(Gaps.AsSpan(), 0.75)];
}
