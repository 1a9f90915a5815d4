using System.Diagnostics.Metrics;
using Nola.Core.Trials;
using Nola.Grains.Studies;

namespace Nola.Grains.Execution;

/// <summary>What executors count. Names are a public contract; trial ids are never tags.</summary>
internal static class ExecutionInstruments
{
    private static readonly Meter Meter = new(StudyInstruments.MeterName);
    private static readonly Histogram<double> Start = Meter.CreateHistogram<double>("nola.attempts.start_time", "s", "From a lease to the first step of its attempt.");

    public static void FirstStep(TrialSpec trial, TimeSpan sinceLease) =>
        Start.Record(sinceLease.TotalSeconds, new("task", trial.Task), new("method", trial.Method.Id), new("model", trial.Model.Id));
}
