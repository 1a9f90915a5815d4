using System.Diagnostics;
using Nola.Benchmarks.Engine;

namespace Nola.Benchmarks;

/// <summary>What the silo's own process needs of the CPU while eight of its workers train: scheduling, reports, storage; workers not counted.</summary>
internal sealed class Overhead : IBenchmark
{
    private const int Slots = 8, Runs = 3;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    public string Name => "overhead";

    public string About => "CPU time of the silo while 8 trials train";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        await using var engine = await Embedded.Start(folder, Children.Cpu(Slots, threads: 1));
        await engine.Grains.GetGrain<Contracts.IExperimentGrain>("training").Submit(
            Specs.Training("training", folder, null, Slots, notes: 4096, epochs: 10_000) with { Parallelism = Slots });
        await engine.Until("training", status => status.Running.Count(trial => trial.Progress?.Step > 0) == Slots, TimeSpan.FromMilliseconds(500));
        tell("8 trials train");
        var (ofMachine, ofCore, ofAll) = (ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>());
        using var silo = Process.GetCurrentProcess();
        for (var run = 1; run <= Runs; run++)
        {
            var began = Stopwatch.GetTimestamp();
            var before = (Silo: Spent(silo), Workers: Children.Workers().Sum(worker => Spent(worker)));
            await Task.Delay(Window);
            var own = Spent(silo) - before.Silo;
            var workers = Children.Workers().Sum(worker => Spent(worker)) - before.Workers;
            var wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
            ofCore.Add(100 * own / wall);
            ofMachine.Add(100 * own / wall / Environment.ProcessorCount);
            ofAll.Add(100 * own / (own + workers));
            tell(string.Create(CultureInfo.InvariantCulture, $"run {run}: silo {own:0.00} s, workers {workers:0.0} s of {wall:0.0} s"));
        }

        var trials = await engine.Until("training", _ => true, TimeSpan.FromMilliseconds(1));
        tell(string.Create(CultureInfo.InvariantCulture, $"steps: {string.Join(' ', trials.Running.Select(trial => trial.Progress?.Step))}"));
        await engine.Grains.GetGrain<Contracts.IExperimentGrain>("training").Cancel();
        return
        [
            new(Name, $"silo's CPU time, by wall time × {Environment.ProcessorCount} cores", "%", ofMachine.ToImmutable(), Target: 2),
            new(Name, "silo's CPU time, by wall time of one core", "%", ofCore.ToImmutable()),
            new(Name, "silo's CPU time, by that of silo and workers", "%", ofAll.ToImmutable()),
        ];
    }

    private static double Spent(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    }
}
