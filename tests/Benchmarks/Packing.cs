using Nola.Benchmarks.Engine;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Testing;

namespace Nola.Benchmarks;

/// <summary>
/// Four LoRA trials packed in one worker with all cores, against the same four one after another, and two at a time with half of the cores each. The three
/// take turns, so that what else the machine does falls on all of them.
/// </summary>
internal sealed class Packing : IBenchmark
{
    private const int Trials = 4, Rounds = 3;

    public string Name => "packing";

    public string About => "trials per hour of 4 packed trials, of 4 in turn and of 2 at a time";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        var cores = Environment.ProcessorCount;
        await using var packed = await Start(folder, "packed", Children.Cpu(1, cores));
        await using var turns = await Start(folder, "turns", Children.Cpu(1, cores));
        await using var pairs = await Start(folder, "pairs", Children.Cpu(2, Math.Max(1, cores / 2)));
        var figures = ImmutableArray.CreateBuilder<Figure>();
        foreach (var (kind, batch, words, notes) in new[] { ("short texts, batches of 8", 8, 1, 128), ("long texts, batches of 16", 16, 8, 64) })
        {
            var runs = new List<((double PerHour, double Cpu) Packed, (double PerHour, double Cpu) Turns, (double PerHour, double Cpu) Pairs)>();
            for (var round = 0; round <= Rounds; round++)
            {
                var spec = Spec(folder, $"{words}-{batch}-{round}", batch, words, notes);
                var run = (Packed: await Measure(packed, spec with { Needs = new() { Pack = Trials } }), Turns: await Measure(turns, spec), Pairs: await Measure(pairs, spec));
                tell(string.Create(CultureInfo.InvariantCulture, $"{kind}: packed {run.Packed.PerHour:0}, in turn {run.Turns.PerHour:0}, two at a time {run.Pairs.PerHour:0} trials an hour; {run.Packed.Cpu:0.0}, {run.Turns.Cpu:0.0}, {run.Pairs.Cpu:0.0} s of CPU time each{(round == 0 ? " (not counted: workers warm up)" : "")}"));
                if (round > 0)
                    runs.Add(run);
            }

            figures.Add(new(Name, $"{kind}: 4 packed trials", "trials/h", [.. runs.Select(run => run.Packed.PerHour)]));
            figures.Add(new(Name, $"{kind}: packed, by one after another", "×", [.. runs.Select(run => run.Packed.PerHour / run.Turns.PerHour)]));
            figures.Add(new(Name, $"{kind}: packed, by two at a time on half of the cores each", "×", [.. runs.Select(run => run.Packed.PerHour / run.Pairs.PerHour)]));
            figures.Add(new(Name, $"{kind}: CPU time of a packed trial, by that of one in turn", "×", [.. runs.Select(run => run.Packed.Cpu / run.Turns.Cpu)]));
        }

        return figures.ToImmutable();
    }

    // The rate by the experiment's own clock, and the CPU time that the workers took for a trial.
    private static async Task<(double PerHour, double Cpu)> Measure(Embedded engine, ExperimentSpec spec)
    {
        var before = Spent();
        var elapsed = (await engine.Run(spec)).Elapsed;
        return (Trials / elapsed.TotalHours, (Spent() - before) / Trials);

        static double Spent() => Children.Workers().Sum(worker => worker.TotalProcessorTime.TotalSeconds);
    }

    private static Task<Embedded> Start(string folder, string name, Device device) => Embedded.Start(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, device);

    private static ExperimentSpec Spec(string folder, string name, int batch, int repeats, int notes)
    {
        var mini = Path.Combine(SharedData.RepositoryRoot, "models", "nola-mini");
        var spec = Specs.Training(name, folder, Directory.Exists(mini) ? mini : null, Trials, notes, epochs: 2);
        foreach (var path in spec.Datasets[0].Train.Concat(spec.Datasets[0].Test))
            File.WriteAllLines(path, File.ReadAllLines(path).Select((line, row) => row == 0 ? line : string.Join(' ', Enumerable.Repeat(line[..line.IndexOf(',')], repeats)) + line[line.IndexOf(',')..]));
        return spec with { Training = spec.Training with { BatchSize = batch, MaxLength = 128 } };
    }
}
