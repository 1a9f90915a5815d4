using System.Collections.Concurrent;
using Nola.Core.Functions;
using Nola.Core.Scoring;
using Nola.Core.Searching;
using Nola.Search;
using Nola.Search.Simulation;

namespace Nola.Benchmarks;

/// <summary>
/// Successive halving on simulated learning curves: the simulated time until a trial has come to its end within 1 % of the best, with and without it,
/// and with Optuna's, eight trials at once.
/// </summary>
/// <remarks>
/// Within 1 % means: at most a hundredth above the optimum of what a random point is above it in the median. Times are durations of whole trials; a
/// study that does not get there by <see cref="Horizon"/> counts as infinite. The peer simulates the same (Halving/peer.py).
/// </remarks>
internal sealed class Halving : IBenchmark
{
    private const int Seeds = 50, PeerSeeds = 20, Parallelism = 8, Steps = 64, Horizon = 100;
    private static readonly ImmutableArray<string> Functions = ["branin", "mixed-lora", "conditional"];

    public string Name => "halving";

    public string About => "time to within 1 % of the best on learning curves, with and without pruning, beside Optuna (NOLA_PEER=python3)";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        var figures = ImmutableArray.CreateBuilder<Figure>();
        var peer = PeerPython.Find("Optuna", tell);
        foreach (var name in Functions)
        {
            foreach (var (sampler, pruner) in new[] { ("random", (string?)null), ("random", "halving"), ("tpe", null), ("tpe", "halving") })
            {
                var ours = new ConcurrentBag<double>();
                Parallel.For(0, Seeds, seed => ours.Add(Time(TestFunction.Find(name)!, sampler, pruner, seed)));
                Add($"{name}, {sampler}, {pruner ?? "no pruning"}", [.. ours]);
                if (peer is not null)
                    Add($"{name}, Optuna {sampler}, {pruner ?? "no pruning"}", await Peer(peer, name, sampler, pruner));
            }
        }

        return figures.ToImmutable();

        void Add(string what, ImmutableArray<double> times)
        {
            ImmutableArray<double> sorted = [.. times.Order()];
            figures.Add(new(Name, what, "", [.. sorted.Select(time => double.IsFinite(time) ? time : Horizon)]));
            tell(string.Create(CultureInfo.InvariantCulture,
                $"{what} | {Quantiles.Median(sorted.AsSpan()):0.0} [{Quantiles.Of(sorted.AsSpan(), 0.25):0.0} – {Quantiles.Of(sorted.AsSpan(), 0.75):0.0}], {times.Count(double.IsFinite)} of {times.Length}"));
        }
    }

    private static double Time(TestFunction function, string sampler, string? pruner, int seed) => new SimulatedStudy
    {
        Method = new() { Id = function.Name, Function = function.Name, Steps = Steps, Curve = function.Spread },
        Search = new()
        {
            Sampler = sampler, Seed = seed, Pruner = pruner, Space = function.Space,
            PrunerOptions = pruner is null ? ImmutableSortedDictionary<string, ParameterValue>.Empty : ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("leastSteps", 1),
            Trials = int.MaxValue,
        },
        Parallelism = Parallelism,
    }.Run().TakeWhile(trial => trial.EndedAt <= Horizon)
        .Where(trial => trial.State == ObservationState.Completed && function.Gap([trial.Values]) <= function.Spread / 100)
        .Select(trial => trial.EndedAt).FirstOrDefault(double.PositiveInfinity);

    private static async Task<ImmutableArray<double>> Peer(PeerPython peer, string function, string sampler, string? pruner)
    {
        var output = await peer.Run("Halving/peer.py", function, sampler, pruner ?? "none", PeerSeeds.ToString(CultureInfo.InvariantCulture));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line == "inf" ? double.PositiveInfinity : double.Parse(line, CultureInfo.InvariantCulture))];
    }
}
