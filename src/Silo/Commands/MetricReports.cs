using System.Globalization;
using System.Threading.Channels;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Silo.Commands;

/// <summary>Makes measurements of a program's lines, keeps the best, and reports one after the other.</summary>
/// <param name="trial">The trial.</param>
/// <param name="folder">Keeps what the next attempt needs.</param>
/// <param name="reporter">Hears the measurements.</param>
/// <param name="end">Ends the program when it is pruned, diverges or has done its steps.</param>
/// <param name="trainingTime">Training time of the trial so far.</param>
internal sealed class MetricReports(TrialSpec trial, AttemptFolder folder, ITrialReporter reporter, EndRequest end, Func<TimeSpan> trainingTime)
{
    private const int MostWaiting = 1024;

    private readonly Channel<MetricLine> lines = Channel.CreateBounded<MetricLine>(MostWaiting);

    /// <summary>What was measured last in this attempt; null before that.</summary>
    public Measurement? Newest { get; private set; }

    /// <summary>Its step; 0 before the first.</summary>
    public long Step => Newest?.Step ?? 0;

    private Objective Objective => trial.Objective;

    /// <summary>Takes a line; one that reports no metrics is none of its business. Waits when reports lag far behind.</summary>
    public ValueTask Take(string line) => MetricLine.Read(line) is { } metrics ? lines.Writer.WriteAsync(metrics) : ValueTask.CompletedTask;

    /// <summary>There will be no more lines.</summary>
    public void Complete() => lines.Writer.TryComplete();

    /// <summary>Reports until there are no more lines; first what an earlier attempt could not, because it was killed.</summary>
    public async Task Run()
    {
        if (folder.State.Untold is { } untold)
            await Tell(untold);
        await foreach (var line in lines.Reader.ReadAllAsync())
        {
            // What a program says at its end counts where only its budget ended it.
            if (end.Current is { Outcome: not OutOfBudget })
                continue;
            var measurement = Measured(line);
            if (line.Values.TryGetValue(Objective.Metric, out var value) && !double.IsFinite(value))
            {
                end.Ask(new Diverged(measurement.Step));
                continue;
            }

            Newest = measurement;
            folder.Change(state => state with
            {
                TrainingTime = measurement.TrainingTime,
                Best = Better(state.Best, measurement),
                Latest = state.Latest.SetItems(measurement.Metrics),
                Untold = measurement,
            });
            await Tell(measurement);
        }
    }

    private async Task Tell(Measurement measurement)
    {
        end.Obey(await reporter.Report(measurement), measurement.Step);
        folder.Change(state => state with { Untold = null });
        if (trial.Budget.Steps is { } most && measurement.Step >= most)
            end.Ask(new OutOfBudget(string.Create(CultureInfo.InvariantCulture, $"perTrial.steps = {most}")));
    }

    // Lines of one step are one measurement, told again with what is new.
    private Measurement Measured(MetricLine line)
    {
        var step = line.Step ?? (line.Epoch is { } epoch && epoch >= 0 && Math.Truncate(epoch) == epoch ? (long)epoch : Step + 1);
        var before = Newest is not null && Step == step ? Newest : new();
        return new()
        {
            Step = step,
            Epoch = line.Epoch ?? before.Epoch,
            TrainingTime = trainingTime(),
            Metrics = before.Metrics.SetItems(line.Values.Where(metric => double.IsFinite(metric.Value))),
        };
    }

    private Measurement? Better(Measurement? best, Measurement next)
    {
        if (!next.Metrics.TryGetValue(Objective.Metric, out var value))
            return best;
        var known = best?.Metrics[Objective.Metric];
        return known is null || Objective.IsBetter(value, known.Value) || (best!.Step == next.Step && known == value) ? next : best;
    }
}
