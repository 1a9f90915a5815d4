using System.Globalization;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Client.Views;

/// <summary>An experiment as plain lines with the time of day, for logs and pipes.</summary>
/// <remarks>
/// Few lines, whatever the experiment: of many trials that start and end at once most are only counted, and where nothing is said for a while, one line tells that it goes on.
/// </remarks>
internal sealed class LogView(TextWriter output, TimeProvider time)
{
    private const int MostLinesAtOnce = 20;
    private const int MostLinesLater = 5;
    private const int MostTrialsInALine = 3;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstMinute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BeforeNotice = TimeSpan.FromSeconds(3);

    private readonly Dictionary<TrialId, int> started = [];
    private readonly long beganAt = time.GetTimestamp();
    private long saidAt = time.GetTimestamp();
    private long windowAt = time.GetTimestamp();
    private int linesLeft = MostLinesAtOnce;
    private long ended;
    private int untold;
    private string? notice;
    private long? noticedAt;
    private ExperimentState? state;
    private StudyNames? names;

    /// <summary>Writes what has happened since the last snapshot.</summary>
    public void Show(Snapshot now)
    {
        var status = now.Status;
        if (time.GetElapsedTime(windowAt) >= Window)
        {
            (windowAt, linesLeft) = (time.GetTimestamp(), MostLinesLater);
            TellUntold(status);
        }

        var isFirst = state is null;
        if (isFirst)
            Begin(status);
        ShowNotice(status.Notice);
        // What ended before anyone looked is in the first line.
        if (!isFirst)
            ShowEnded(now);
        ShowStarted(status);
        if (state != status.State && (!isFirst || status.State != ExperimentState.Running))
        {
            TellUntold(status);
            Line($"{status.Id} is {status.State.ToString().ToLowerInvariant()}");
        }

        state = status.State;
        ShowProgress(status);
    }

    private void Begin(ExperimentStatus status)
    {
        // A single study has its name in the first line.
        names = status.Studies is [var only] ? new(only.Name, [""]) : StudyNames.Of([.. status.Studies.Select(study => study.Name)]);
        ended = status.Counts.Total;
        var planned = status.Planned is { } number ? Words.Count(number, "trial") : "an open number of trials";
        Line($"{status.Id}: {planned} in {Words.Count(status.Studies.Length, "study", "studies")}"
            + (names.Common.Length > 0 ? $", {names.Common}" : "")
            + (status.Counts.Total > 0 ? $"; {Words.Count(status.Counts.Total, "trial")} ended before" : ""));
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

    private void ShowStarted(ExperimentStatus status)
    {
        foreach (var trial in status.Running.Where(trial => trial.Place.Length > 0 && started.GetValueOrDefault(trial.Id) < trial.Attempt).OrderBy(trial => trial.Id.Study).ThenBy(trial => trial.Id.Number))
        {
            started[trial.Id] = trial.Attempt;
            if (linesLeft > 0)
                TrialLine($"trial {TrialWords.Name(trial)} {Study(trial.Id.Study)}started on {Places.Short(trial.Place)}");
        }
    }

    private void ShowEnded(Snapshot now)
    {
        foreach (var (study, trial) in now.News.OrderBy(news => news.Trial.EndedAt))
        {
            ended++;
            started.Remove(trial.Id);
            if (linesLeft == 0)
            {
                untold++;
                continue;
            }

            var value = trial.Result.Objective is { } best ? $", {now.Status.Objective.Metric} {Words.Of(best)}" : "";
            var training = trial.TotalUsage.TrainingTime > TimeSpan.Zero ? $", {Words.Of(trial.TotalUsage.TrainingTime)} of training" : "";
            TrialLine($"trial {TrialWords.Name(trial.Id)} {Study(study.Index)}{Words.Of(trial.Result.Outcome)}{value}{training}; {ended} of {Planned(now.Status)}");
        }
    }

    private void ShowProgress(ExperimentStatus status)
    {
        var pause = time.GetElapsedTime(beganAt) <= FirstMinute ? Window : FirstMinute;
        if (status.State != ExperimentState.Running || time.GetElapsedTime(saidAt) < pause)
            return;
        TellUntold(status);
        var active = status.Running.Where(trial => trial.Place.Length > 0).OrderBy(trial => trial.Id.Study).ThenBy(trial => trial.Id.Number).ToArray();
        var more = active.Length > MostTrialsInALine ? string.Create(CultureInfo.InvariantCulture, $" | {active.Length - MostTrialsInALine} more") : "";
        var paused = status.Studies.Sum(study => study.Paused);
        Line($"{ended} of {Planned(status)} trials ended, {active.Length} running{(paused > 0 ? string.Create(CultureInfo.InvariantCulture, $", {paused} paused") : "")}"
            + string.Concat(active.Take(MostTrialsInALine).Select((trial, index) => $"{(index == 0 ? ": " : " | ")}{TrialWords.Name(trial)} {TrialWords.Progress(trial)}")) + more);
    }

    private void TellUntold(ExperimentStatus status)
    {
        if (untold > 0)
            Line(string.Create(CultureInfo.InvariantCulture, $"{untold} more trials ended; {ended} of {Planned(status)}"));
        untold = 0;
    }

    private void TrialLine(string text)
    {
        linesLeft--;
        Line(text);
    }

    private void Line(string text)
    {
        saidAt = time.GetTimestamp();
        output.WriteLine($"{time.GetLocalNow():HH:mm:ss} {text}");
    }

    private string Study(int index) => names!.Own[index] is { Length: > 0 } own ? $"({own}) " : "";

    private static string Planned(ExperimentStatus status) => status.Planned?.ToString(CultureInfo.InvariantCulture) ?? "?";
}
