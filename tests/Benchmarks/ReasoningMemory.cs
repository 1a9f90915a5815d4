using System.Text.Json;
using Nola.Benchmarks.Engine;
using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;

namespace Nola.Benchmarks;

/// <summary>Memory of the silo while one trial asks 10,000 questions: what an item leaves behind between the 1,000th and the last.</summary>
internal sealed class ReasoningMemory : IBenchmark
{
    private const int Runs = 3, Problems = 10_000, First = 1000, Last = 9000;

    public string Name => "reasoning";

    public string About => "memory after 1,000 and after 10,000 items of a reasoning trial";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        using var server = ServerProcess.Start(milliseconds: 5);
        await using var engine = await Embedded.Start(folder);
        var file = Path.Combine(folder, "problems.jsonl");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, Problems).Select(number =>
            JsonSerializer.Serialize(new { id = $"p{number}", language = "python", code = "def echo(x):\n    return x", input = $"echo({number})", output = $"{number}" })));
        await engine.Run(Spec("warm-up", file, server.Url, seed: 0) with { TrialBudgets = [new() { Samples = First }] });
        var (heap, resident, rates) = (ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>());
        for (var run = 1; run <= Runs; run++)
        {
            var name = $"run-{run}";
            await engine.Grains.GetGrain<IExperimentGrain>(name).Submit(Spec(name, file, server.Url, seed: run));
            var (early, from) = await At(First);
            var (late, to) = await At(Last);
            var status = await engine.Until(name, now => now.State == ExperimentState.Finished, TimeSpan.FromMilliseconds(100));
            heap.Add((late.Heap - early.Heap) / (double)(to - from) / 1024);
            resident.Add((late.Resident - early.Resident) / (double)(to - from) / 1024);
            rates.Add(Problems / (status.EndedAt - status.StartedAt)!.Value.TotalSeconds);
            tell(string.Create(CultureInfo.InvariantCulture, $"run {run}: item {from}: {early.Heap >> 10} KB heap, {early.Resident >> 20} MB resident; item {to}: {late.Heap >> 10} KB, {late.Resident >> 20} MB; {rates[^1]:0} items/s"));

            async Task<((long Heap, long Resident), long Step)> At(int items)
            {
                var status = await engine.Until(name, now => now.Running.Any(trial => trial.Progress?.Step >= items), TimeSpan.FromMilliseconds(20));
                return (Memory(), status.Running[0].Progress!.Step);
            }
        }

        return
        [
            new(Name, "managed heap after a collection, per item from the 1,000th on", "KB", heap.ToImmutable(), Target: 1),
            new(Name, "resident memory, per item from the 1,000th on", "KB", resident.ToImmutable(), Target: 2),
            new(Name, "items, server that answers after 5 ms", "/s", rates.ToImmutable()),
        ];
    }

    private static (long Heap, long Resident) Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    // Each run has a temperature and a seed, and so no answer of an earlier one.
    private static ExperimentSpec Spec(string name, string problems, Uri server, int seed) => new()
    {
        Name = name,
        Task = "ier",
        Models = [new ServedModel { Id = "m", Model = "m", Url = server.ToString(), Limits = new() { Start = 50, Maximum = 50 } }],
        Datasets = [new() { Id = "echo", Test = [problems] }],
        Methods = [new PromptingMethod { Id = "direct", Style = "direct", Temperature = 1 }],
        Seeds = [seed],
        Objective = new("crr", Direction.Maximize),
        Needs = new() { Slot = SlotKind.Light },
    };
}
