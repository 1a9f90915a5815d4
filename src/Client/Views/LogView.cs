using System.Globalization;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Client.Views;

/// <summary>An experiment as plain lines with the time of day, for logs and pipes.</summary>
internal sealed class LogView(TextWriter output, TimeProvider time)
{
    private const int MostLinesAtOnce = 20;
    private static readonly TimeSpan BetweenProgressLines = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BeforeNotice = TimeSpan.FromSeconds(3);

    private readonly Dictionary<TrialId, int> started = [];
    private long? progressAt;
    private string? notice;
    private long? noticedAt;
    private ExperimentState? state;

    /// <summary>Writes what has happened since the last snapshot.</summary>
    public void Show(Snapshot now)
    {
        var status = now.Status;
        if (state is null)
            Line($"{status.Id}: {Count(status.Planned, "trial")} in {Count(status.Studies.Length, "study", "studies")}");
        ShowNotice(status.Notice);

        foreach (var trial in status.Running.Where(trial => trial.Place.Length > 0 && started.GetValueOrDefault(trial.Id) < trial.Attempt).Take(MostLinesAtOnce))
        {
            started[trial.Id] = trial.Attempt;
            Line($"trial {Name(trial.Id)} ({trial.Study}) started on {trial.Place}{(trial.Attempt > 1 ? $", attempt {trial.Attempt}" : "")}");
        }

        foreach (var (study, trial) in now.News.Take(MostLinesAtOnce))
        {
            started.Remove(trial.Id);
            var value = trial.Result.Objective is { } best ? $", {status.Objective.Metric} {Words.Of(best)}" : "";
            var training = trial.TotalUsage.TrainingTime > TimeSpan.Zero ? $", {Words.Of(trial.TotalUsage.TrainingTime)} of training" : "";
            Line($"trial {Name(trial.Id)} ({study.Name}) {Words.Of(trial.Result.Outcome)}{value}{training}");
        }

        if (now.News.Count > MostLinesAtOnce)
            Line($"{now.News.Count - MostLinesAtOnce} more trials ended");
        if (state != status.State && (state is not null || status.State != ExperimentState.Running))
            Line($"{status.Id} is {status.State.ToString().ToLowerInvariant()}");
        state = status.State;
        ShowProgress(status);
    }

    // At the start a cluster has no devices for a moment; only what lasts is worth a line.
    private void ShowNotice(string? now)
    {
        if (now != notice)
        {
            notice = now;
            noticedAt = time.GetTimestamp();
        }

        if (notice is null || noticedAt is not { } since || time.GetElapsedTime(since) < BeforeNotice)
            return;
        Line(notice);
        noticedAt = null;
    }

    private void ShowProgress(ExperimentStatus status)
    {
        if (progressAt is { } last && time.GetElapsedTime(last) < BetweenProgressLines)
            return;
        var isFirst = progressAt is null;
        progressAt = time.GetTimestamp();
        if (isFirst)
            return;
        foreach (var trial in status.Running.Where(trial => trial.Progress is { Step: > 0 }).Take(MostLinesAtOnce))
            Line($"trial {Name(trial.Id)} {trial.Progress!.Phase}: {TrialWords.Progress(trial)}");
        Line($"{status.Counts.Total} of {status.Planned?.ToString(CultureInfo.InvariantCulture) ?? "?"} trials ended, {status.Running.Length} in flight, {Words.Of(status.Elapsed)}");
    }

    private void Line(FormattableString text) => output.WriteLine($"{time.GetLocalNow():HH:mm:ss} {text.ToString(CultureInfo.InvariantCulture)}");

    private void Line(string text) => output.WriteLine($"{time.GetLocalNow():HH:mm:ss} {text}");

    private static string Name(TrialId id) => string.Create(CultureInfo.InvariantCulture, $"{id.Study}/{id.Number}");

    private static string Count(long? number, string one, string? many = null) => number is null
        ? $"an open number of {many ?? one + "s"}"
        : string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many ?? one + "s")}");
}
