using Nola.Benchmarks.Engine;
using Nola.Core.Experiments;
using Nola.Core.Searching;

namespace Nola.Benchmarks;

/// <summary>
/// Sweeps over four parameters, and empty trials, through the whole engine, embedded and on three silos, and the same with Optuna, in turns. Trials compute
/// nothing.
/// </summary>
internal sealed class Sweeps : IBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const int Rounds = 3, Trials = 1000, SqliteTrials = 100, Parallelism = 8;

    public string Name => "sweeps";

    public string About => "trials per second of a search, embedded and on three silos, beside Optuna (NOLA_PEER=python3)";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        var peer = PeerPython.Find("Optuna", tell);
        await using var engine = await Embedded.Start(folder);
        await using var silos = await SiloCluster.Start(Path.Combine(folder, "silos"));
        await engine.Run(Spec("warm-up", "random", 5 * Trials, Parallelism));
        await silos.Run(Spec("warm-up", "random", 5 * Trials, Parallelism), Patience);
        var figures = ImmutableArray.CreateBuilder<Figure>();
        foreach (var sampler in new[] { "tpe", "random", "empty" })
        {
            var ours = new List<double>();
            var alone = new List<double>();
            var apart = new List<double>();
            var theirs = new Dictionary<string, List<double>> { ["memory"] = [], ["journal"] = [], ["sqlite"] = [] };
            for (var round = 1; round <= Rounds; round++)
            {
                ours.Add(Rate(await engine.Run(Spec($"{sampler}-{round}-many", sampler, Trials, Parallelism))));
                alone.Add(Rate(await engine.Run(Spec($"{sampler}-{round}-one", sampler, Trials, 1))));
                apart.Add(Rate(await silos.Run(Spec($"{sampler}-{round}-silos", sampler, Trials, Parallelism), Patience)));
                if (peer is not null)
                    foreach (var (storage, rates) in theirs)
                        rates.Add(await Peer(peer, sampler, storage, storage == "sqlite" ? SqliteTrials : Trials));
                tell(string.Create(CultureInfo.InvariantCulture, $"{sampler}, round {round}: {ours[^1]:0} trials/s, one at a time {alone[^1]:0}, three silos {apart[^1]:0}; Optuna {string.Join(", ", theirs.Where(their => their.Value.Count > 0).Select(their => $"{their.Key} {their.Value[^1]:0}"))}"));
            }

            figures.Add(new(Name, $"{sampler}, {Parallelism} at once, SQLite", "/s", [.. ours]));
            figures.Add(new(Name, $"{sampler}, one at a time, SQLite", "/s", [.. alone]));
            figures.Add(new(Name, $"{sampler}, {Parallelism} at once, three silos, Redis", "/s", [.. apart]));
            foreach (var (storage, rates) in theirs.Where(their => their.Value.Count > 0))
            {
                figures.Add(new(Name, $"{sampler}, Optuna, {storage}", "/s", [.. rates]));
                figures.Add(new(
                    Name, $"{sampler}, Nola {Parallelism} at once by Optuna, {storage}", "×", [.. ours.Zip(rates, (our, their) => our / their)],
                    Target: sampler == "tpe" && storage == "journal" ? 5 : null, IsAtLeast: true));
                figures.Add(new(
                    Name, $"{sampler}, three silos by Optuna, {storage}", "×", [.. apart.Zip(rates, (our, their) => our / their)],
                    Target: sampler == "tpe" && storage == "journal" ? 5 : null, IsAtLeast: true));
            }
        }

        return figures.ToImmutable();
    }

    private static double Rate(ExperimentStatus status) => Trials / (status.EndedAt - status.StartedAt)!.Value.TotalSeconds;

    private static async Task<double> Peer(PeerPython peer, string sampler, string storage, int trials) =>
        trials / double.Parse(await peer.Run("Sweeps/peer.py", sampler, storage, trials.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    private static ExperimentSpec Spec(string name, string sampler, int trials, int parallelism) => sampler == "empty" ? Specs.Empty(name, trials, parallelism) : Specs.Empty(name, trials, parallelism) with
    {
        Methods = [new FunctionMethod { Id = "sphere", Function = "sphere" }],
        Search = new()
        {
            Sampler = sampler,
            Trials = trials,
            Space = new(
            [
                new("rank", new Choices([8, 16, 32, 64, 128])),
                new("ratio", new FloatRange(0.25, 2)),
                new("dropout", new FloatRange(0, 0.5)),
                new("rate", new FloatRange(1e-5, 1e-3, Log: true)),
            ]),
        },
    };
}
