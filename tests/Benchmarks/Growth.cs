using Nola.Benchmarks.Engine;
using Nola.Contracts;

namespace Nola.Benchmarks;

/// <summary>What the 20,000th trial of an experiment costs more than the first, in time and in memory.</summary>
internal sealed class Growth : IBenchmark
{
    private const int Runs = 3, Trials = 20_000, Window = 1000, Parallelism = 64;

    public string Name => "growth";

    public string About => "time and memory of the last trials of 20,000 against the first";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        await using var engine = await Embedded.Start(folder);
        await engine.Run(Specs.Empty("warm-up", 10_000, Parallelism));
        var (slower, heap, resident) = (ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>());
        for (var run = 1; run <= Runs; run++)
        {
            var before = Memory();
            var status = await engine.Run(Specs.Empty($"run-{run}", Trials, Parallelism));
            var after = Memory();
            var ends = await Ends(engine, $"run-{run}");
            slower.Add((ends[^1] - ends[^(Window + 1)]) / (ends[Window - 1] - status.StartedAt!.Value));
            heap.Add((after.Heap - before.Heap) / (double)Trials / 1024);
            resident.Add((after.Resident - before.Resident) / (double)Trials / 1024);
            tell(string.Create(CultureInfo.InvariantCulture, $"run {run}: {Trials / (ends[^1] - status.StartedAt.Value).TotalSeconds:0} trials/s, {slower[^1]:0.00} times the time, {heap[^1]:0.00} KB heap, {resident[^1]:0.00} KB resident"));
        }

        return
        [
            new(Name, "time of the last 1,000 of 20,000 trials, by that of the first 1,000", "×", slower.ToImmutable(), Target: 1.2),
            new(Name, "managed heap after a collection, per trial", "KB", heap.ToImmutable(), Target: 1),
            new(Name, "resident memory, per trial", "KB", resident.ToImmutable(), Target: 1),
        ];
    }

    private static (long Heap, long Resident) Memory()
    {
        for (var round = 0; round < 2; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    private static async Task<List<DateTimeOffset>> Ends(Embedded engine, string experiment)
    {
        var ends = new List<DateTimeOffset>(Trials);
        while (await engine.Grains.GetGrain<IExperimentGrain>(experiment).GetTrials(0, ends.Count, 1024) is { IsEmpty: false } page)
            ends.AddRange(page.Select(trial => trial.EndedAt));
        return ends;
    }
}
