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
        foreach (var (kind, batch, words, notes) in new[] { ("short texts, batches of 8", 8, 1, 256), ("short texts, batches of 32", 32, 1, 512), ("long texts, batches of 16", 16, 8, 128) })
        {
            var (together, inTurn, byTwo) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round <= Rounds; round++)
            {
                var spec = Spec(folder, $"{words}-{batch}-{round}", batch, words, notes);
                var rates = (
                    await PerHour(packed, spec with { Needs = new() { Pack = Trials } }),
                    await PerHour(turns, spec),
                    await PerHour(pairs, spec));
                tell(string.Create(CultureInfo.InvariantCulture, $"{kind}: packed {rates.Item1:0}, in turn {rates.Item2:0}, two at a time {rates.Item3:0} trials an hour{(round == 0 ? " (not counted: workers warm up)" : "")}"));
                if (round == 0)
                    continue;
                together.Add(rates.Item1);
                inTurn.Add(rates.Item2);
                byTwo.Add(rates.Item3);
            }

            figures.Add(new(Name, $"{kind}: 4 packed trials", "trials/h", [.. together]));
            figures.Add(new(Name, $"{kind}: packed, by one after another", "×", [.. together.Zip(inTurn, (one, other) => one / other)]));
            figures.Add(new(Name, $"{kind}: packed, by two at a time on half of the cores each", "×", [.. together.Zip(byTwo, (one, other) => one / other)]));
        }

        return figures.ToImmutable();
    }

    private static Task<Embedded> Start(string folder, string name, Device device) => Embedded.Start(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, device);

    private static async Task<double> PerHour(Embedded engine, ExperimentSpec spec) => Trials / (await engine.Run(spec)).Elapsed.TotalHours;

    private static ExperimentSpec Spec(string folder, string name, int batch, int repeats, int notes)
    {
        var mini = Path.Combine(SharedData.RepositoryRoot, "models", "nola-mini");
        var spec = Specs.Training(name, folder, Directory.Exists(mini) ? mini : null, Trials, notes, epochs: 2);
        foreach (var path in spec.Datasets[0].Train.Concat(spec.Datasets[0].Test))
            File.WriteAllLines(path, File.ReadAllLines(path).Select((line, row) => row == 0 ? line : string.Join(' ', Enumerable.Repeat(line[..line.IndexOf(',')], repeats)) + line[line.IndexOf(',')..]));
        return spec with { Training = spec.Training with { BatchSize = batch, MaxLength = 128 } };
    }
}
