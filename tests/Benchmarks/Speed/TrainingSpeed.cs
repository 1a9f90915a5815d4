using System.Diagnostics;
using Nola.Benchmarks.Engine;
using Nola.Testing;
using Nola.Training.Native;

namespace Nola.Benchmarks.Speed;

/// <summary>
/// Training and evaluation beside Hugging Face transformers. Both sides are processes that take turns, a step each, so that whatever else the machine
/// does slows down both; ratios are those of neighbouring turns.
/// </summary>
internal sealed class TrainingSpeed : IBenchmark
{
    private const int WarmUp = 3;

    // Threads that wait for each other while others hold the cores measure those others: then one thread and its CPU time tell more.
    private static readonly bool IsBusy = Machine.Look().LoadBefore > Environment.ProcessorCount / 2.0;

    private static readonly SpeedJob Small = new() { Name = "", Layers = 4, Hidden = 256, Heads = 4, Inner = 1024, Vocabulary = 8000, Method = "lora", Batch = 16, Threads = Threads };
    private static readonly SpeedJob Base = new() { Name = "", Layers = 12, Hidden = 768, Heads = 12, Inner = 3072, Vocabulary = 30522, Method = "lora", Batch = 4, Threads = Threads, TestLengths = [.. Enumerable.Repeat(128, 16)] };

    private static int Threads => IsBusy ? 1 : Environment.ProcessorCount;

    private static readonly bool HasBFloat16 = BFloat16.Tells(File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : []);

    public string Name => "training";

    public string About => "training and evaluation beside Hugging Face transformers (NOLA_PEER=python3)";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        var peer = PeerPython.Find("torch and transformers", tell);
        if (IsBusy)
            tell("the machine is busy: one thread on both sides, and its CPU time instead of the time on the clock");
        if (!HasBFloat16)
            tell("this processor has no bfloat16 instructions: all in 32 bits");
        var figures = ImmutableArray.CreateBuilder<Figure>();
        foreach (var (job, rounds, turn, target, halfTarget) in Cases())
            figures.AddRange(await Run(Path.Combine(folder, figures.Count.ToString(CultureInfo.InvariantCulture)), job, rounds, turn, target, halfTarget, peer, tell));
        return figures.ToImmutable();
    }

    // Rounds, steps of a turn, and how many times as fast as the peer in fp32 and in bf16 we want to be.
    private static IEnumerable<(SpeedJob Job, int Rounds, int Turn, double Target, double? HalfTarget)> Cases()
    {
        yield return (Small with { Name = "LoRA, 4 × 256, 16 × 128" }, 15, 1, 2.5, 2.0);
        yield return (Base with { Name = "LoRA, BERT-base, 4 × 128" }, IsBusy ? 5 : 9, 1, 2.0, 1.5);
        yield return (Small with { Name = "full, 4 × 256, 16 × 128", Method = "full" }, 15, 1, 1.3, null);
        yield return (Base with { Name = "full, BERT-base, 4 × 128", Method = "full" }, IsBusy ? 3 : 7, 1, 1.3, null);
        if (RealLengths() is { Length: > 0 } lengths)
            yield return (Small with { Name = "LoRA, 4 × 256, 16 of rct-sections", TrainLengths = lengths }, IsBusy ? 5 : 12, 25, 3, null);
    }

    private async Task<ImmutableArray<Figure>> Run(string folder, SpeedJob job, int rounds, int turn, double target, double? halfTarget, PeerPython? peer, Action<string> tell)
    {
        using (var preparation = Process.Start(Itself.With("trainee-files", folder, job.ToString()))!)
            await preparation.WaitForExitAsync();
        var isLora = job.Method == "lora";
        var sides = new List<Side> { new(HasBFloat16 && isLora ? "Nola bf16" : "Nola", null, Contestant.Ours(folder, job with { Precision = isLora ? "bf16" : "fp32" })) };
        if (peer is not null)
            sides.Add(new("peer", target, Contestant.Peer(peer, job)));
        if (peer is not null && halfTarget is not null && HasBFloat16)
            sides.Add(new("peer bf16 autocast", halfTarget, Contestant.Peer(peer, job with { Precision = "bf16" })));
        try
        {
            foreach (var side in sides)
                side.Process.Train(WarmUp);
            for (var round = 0; round < rounds; round++)
                foreach (var side in sides)
                    side.Steps.Add(side.Process.Train(turn));
            foreach (var side in sides)
                side.Peak = side.Process.Peak();
            for (var round = -1; isLora && turn == 1 && round < rounds / 3; round++)
                foreach (var side in sides)
                    if (side.Process.Evaluate() is var taken && round >= 0)
                        side.Evaluations.Add(taken);
            foreach (var side in sides)
                tell($"{job.Name}: {side.Name}, {side.Process.End()}");
            ImmutableArray<Figure> figures = [.. Figures(job, sides)];
            foreach (var figure in figures)
                tell($"{figure.What}: {figure.Value}");
            return figures;
        }
        finally
        {
            foreach (var side in sides)
                side.Process.Dispose();
        }
    }

    private IEnumerable<Figure> Figures(SpeedJob job, List<Side> sides)
    {
        var ours = sides[0];
        foreach (var side in sides)
        {
            yield return new(Name, $"{job.Name}: step, {side.Name}", Unit, [.. side.Steps.Select(Time)]);
            if (side.Evaluations.Count > 0)
                yield return new(Name, $"{job.Name}: evaluation of {job.TestLengths.Length} texts, {side.Name}", Unit, [.. side.Evaluations.Select(Time)]);
            yield return new(Name, $"{job.Name}: peak memory of training, {side.Name}", "MB", [side.Peak]);
        }

        foreach (var side in sides.Skip(1))
        {
            yield return new(Name, $"{job.Name}: step, {side.Name} by {ours.Name}", "×", Ratios(side.Steps, ours.Steps), side.Target, IsAtLeast: true);
            if (side.Evaluations.Count > 0)
                yield return new(Name, $"{job.Name}: evaluation, {side.Name} by {ours.Name}", "×", Ratios(side.Evaluations, ours.Evaluations), 2, IsAtLeast: true);
            yield return new(Name, $"{job.Name}: peak memory, {ours.Name} by {side.Name}", "×", [ours.Peak / side.Peak], 0.75);
        }
    }

    private static string Unit => IsBusy ? "ms CPU" : "ms";

    private static double Time(Turn turn) => IsBusy ? turn.Cpu : turn.Wall;

    private static ImmutableArray<double> Ratios(IEnumerable<Turn> peer, IEnumerable<Turn> ours) => [.. peer.Zip(ours, (theirs, own) => Time(theirs) / Time(own))];

    // Of the sentences of rct-sections, where it lies beside the repository: words and punctuation, and the two special tokens.
    private static ImmutableArray<int> RealLengths()
    {
        var file = SharedData.PathOf("peft/rct-sections/rct_sections.tsv");
        return !File.Exists(file) ? [] : [.. File.ReadLines(file).Select(line => line.Split('\t')).Where(row => row[1] == "train").Take(4800).Select(row => Math.Min(128, row[3].Split(' ').Length + 2))];
    }

    private sealed record Side(string Name, double? Target, Contestant Process)
    {
        public List<Turn> Steps { get; } = [];

        public List<Turn> Evaluations { get; } = [];

        public double Peak { get; set; }
    }
}
