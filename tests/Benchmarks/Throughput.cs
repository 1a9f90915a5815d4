using Nola.Benchmarks.Engine;

namespace Nola.Benchmarks;

/// <summary>Empty trials per second through the whole engine, each stored before it counts.</summary>
internal sealed class Throughput : IBenchmark
{
    private const int Runs = 5, Trials = 5000, Parallelism = 64;

    public string Name => "throughput";

    public string About => "empty trials per second, SQLite, 64 at once";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        await using var engine = await Embedded.Start(folder);
        await engine.Run(Specs.Empty("warm-up", Trials, Parallelism));
        var rates = ImmutableArray.CreateBuilder<double>();
        for (var run = 1; run <= Runs; run++)
        {
            var status = await engine.Run(Specs.Empty($"run-{run}", Trials, Parallelism));
            rates.Add(Trials / (status.EndedAt - status.StartedAt)!.Value.TotalSeconds);
            tell(string.Create(CultureInfo.InvariantCulture, $"run {run}: {rates[^1]:0} trials/s"));
        }

        return [new(Name, "empty trials, SQLite, 64 at once", "/s", rates.ToImmutable(), Target: 1000, IsAtLeast: true)];
    }
}
