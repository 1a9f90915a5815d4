using System.Diagnostics.Metrics;
using Nola.Benchmarks.Engine;
using Nola.Testing;

namespace Nola.Benchmarks;

/// <summary>
/// From the lease to the first step of training, as the silo's metric <c>nola.attempts.start_time</c> tells: on a worker that holds the model, and
/// on one that has to be started.
/// </summary>
internal sealed class Start : IBenchmark
{
    private const int WarmTrials = 21, ColdRuns = 5;

    public string Name => "start";

    public string About => "from the lease to the first training step, warm and cold";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        var figures = ImmutableArray.CreateBuilder<Figure>();
        figures.AddRange(await Run(Path.Combine(folder, "tiny"), "tiny BERT", null, tell));
        var mini = Path.Combine(SharedData.RepositoryRoot, "models", "nola-mini");
        if (Directory.Exists(mini))
            figures.AddRange(await Run(Path.Combine(folder, "mini"), "nola-mini", mini, tell));
        else
            tell("nola-mini is not measured: there is no models/nola-mini");
        return figures.ToImmutable();
    }

    private async Task<ImmutableArray<Figure>> Run(string folder, string name, string? model, Action<string> tell)
    {
        Directory.CreateDirectory(folder);
        using var listener = new MeterListener();
        var seconds = new List<double>();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "nola.attempts.start_time")
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => seconds.Add(value));
        listener.Start();
        await using var engine = await Embedded.Start(folder, Children.Cpu(1, Environment.ProcessorCount));

        // One trial at a time, so the list needs no lock. The first finds a worker without the model.
        await engine.Run(Specs.Training("warm", folder, model, WarmTrials + 1, notes: 64, epochs: 1));
        var warm = seconds.Skip(1).Select(value => value * 1000).ToImmutableArray();
        tell($"{name}, warm: {string.Join(' ', seconds.Select(value => (value * 1000).ToString("0", CultureInfo.InvariantCulture)))} ms");
        seconds.Clear();
        for (var run = 1; run <= ColdRuns; run++)
        {
            await Children.KillWorkers();
            await engine.Run(Specs.Training($"cold-{run}", folder, model, 1, notes: 64, epochs: 1));
            tell(string.Create(CultureInfo.InvariantCulture, $"{name}, cold: {seconds[^1]:0.00} s"));
        }

        return
        [
            new(Name, $"lease to first step, warm worker, {name}, LoRA", "ms", warm, Target: 50),
            new(Name, $"lease to first step, new worker process, {name}, LoRA", "s", [.. seconds], Target: 3),
        ];
    }
}
