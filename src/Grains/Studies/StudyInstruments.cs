using System.Diagnostics.Metrics;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Grains.Studies;

/// <summary>What studies count. Names are a public contract; trial ids are never tags.</summary>
internal static class StudyInstruments
{
    /// <summary>Name of the engine's meter.</summary>
    public const string MeterName = "Nola.Engine";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("nola.trials.ended", "{trial}", "Trials that have ended, by outcome.");
    private static readonly Counter<double> Training = Meter.CreateCounter<double>("nola.trials.training_time", "s", "Training time of ended trials, lost attempts included.");

    public static void TrialEnded(StudySpec study, TrialRecord record)
    {
        KeyValuePair<string, object?>[] tags =
        [
            new("experiment", study.Experiment),
            new("method", study.Method.Id),
            new("model", study.Model.Id),
            new("dataset", study.Dataset?.Id ?? ""),
        ];
        Training.Add(record.TotalUsage.TrainingTime.TotalSeconds, tags);
        Ended.Add(1, [.. tags, new("outcome", record.Result.Outcome.GetType().Name)]);
    }
}
