using Nola.Client.Reports;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Spectre.Console;

namespace Nola.Client.Studies;

/// <summary>A trial of a study as a line of a table; the names of its fields are those of the JSON.</summary>
internal sealed record TrialRow
{
    public required int Study { get; init; }
    public required int Trial { get; init; }
    public required int Seed { get; init; }

    /// <summary>The outcome's kind, such as <c>out-of-budget</c>; <c>running</c>, <c>waiting</c> or <c>paused</c> before it has one.</summary>
    public required string State { get; init; }

    /// <summary>The cap, the step or the reason behind the state; null where there is none.</summary>
    public string? Why { get; init; }

    /// <summary>Whether it keeps the spec's constraints, as far as is known; null before its end, and where there are none.</summary>
    public bool? IsFeasible { get; init; }

    /// <summary>The objective; of a pruned trial what it measured last.</summary>
    public double? Value { get; init; }

    public required ImmutableSortedDictionary<string, ParameterValue> Parameters { get; init; }

    /// <summary>Start to end, waiting for another device after a loss included.</summary>
    public double? DurationSeconds { get; init; }

    public double TrainingSeconds { get; init; }

    /// <summary>Measurements kept, at most 64.</summary>
    public int Measurements { get; init; }

    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>All trials of the studies, finished or not, by study and number.</summary>
    public static IEnumerable<TrialRow> Of(IEnumerable<StudyRecord> studies) =>
        studies.SelectMany(study => study.Trials.Select(trial => Of(study, trial)).Concat(study.Running.Select(Of)).OrderBy(row => row.Trial));

    /// <summary>As comma-separated values, a column for each parameter.</summary>
    public static string Csv(IReadOnlyList<TrialRow> rows)
    {
        var names = NamesOf(rows);
        var isBound = rows.Any(row => row.IsFeasible is not null);
        return CsvTable.Write(
            ["study", "trial", "seed", "state", "why", .. isBound ? ["feasible"] : Array.Empty<string>(), "value", .. names, "duration seconds", "training seconds", "measurements", "started at", "ended at"],
            rows.Select(row => (IEnumerable<object?>)[
                row.Study, row.Trial, row.Seed, row.State, row.Why, .. isBound ? [row.IsFeasible is { } feasible ? feasible ? 1 : 0 : null] : Array.Empty<object?>(), row.Value, .. names.Select(name => row.Parameters.TryGetValue(name, out var value) ? value.ToString() : null),
                row.DurationSeconds, row.TrainingSeconds, row.Measurements, Text(row.StartedAt), row.EndedAt is { } end ? Text(end) : null]));

        static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>As a table for people.</summary>
    /// <param name="rows">The trials.</param>
    /// <param name="metric">The objective.</param>
    public static Table Render(IReadOnlyList<TrialRow> rows, string metric)
    {
        var names = NamesOf(rows);
        var severalStudies = rows.Select(row => row.Study).Distinct().Count() > 1;
        var severalSeeds = rows.Select(row => row.Seed).Distinct().Count() > 1;
        var table = Tables.Of([">trial", .. severalSeeds ? [">seed"] : Array.Empty<string>(), "state", ">" + metric, .. names.Select(name => ">" + name), ">duration", ">measurements"]);
        foreach (var row in rows)
            table.AddRow([
                severalStudies ? $"{row.Study}/{row.Trial}" : $"{row.Trial}", .. severalSeeds ? [$"{row.Seed}"] : Array.Empty<string>(), row.IsFeasible == false ? row.State + ", infeasible" : row.State, row.Value is { } value ? Words.Of(value) : "",
                .. names.Select(name => row.Parameters.TryGetValue(name, out var own) ? Markup.Escape(Words.Of(own)) : ""),
                row.DurationSeconds is { } seconds ? Words.Of(TimeSpan.FromSeconds(seconds)) : "", $"{row.Measurements}"]);
        return table;
    }

    private static TrialRow Of(StudyRecord study, TrialRecord trial) => new()
    {
        Study = study.Spec.Index,
        Trial = trial.Id.Number,
        Seed = trial.Seed,
        State = TrialWords.State(trial.Result.Outcome),
        Why = TrialWords.Why(trial.Result.Outcome),
        IsFeasible = study.Spec.Constraints.IsEmpty ? null : study.IsFeasible(trial),
        Value = study.ValueOf(trial),
        Parameters = trial.Parameters,
        DurationSeconds = (trial.EndedAt - trial.StartedAt).TotalSeconds,
        TrainingSeconds = trial.TotalUsage.TrainingTime.TotalSeconds,
        Measurements = trial.Measurements.Length,
        StartedAt = trial.StartedAt,
        EndedAt = trial.EndedAt,
    };

    private static TrialRow Of(RunningTrial trial) => new()
    {
        Study = trial.Id.Study,
        Trial = trial.Id.Number,
        Seed = trial.Seed,
        State = trial.IsPaused ? "paused" : trial.Place.Length > 0 ? "running" : "waiting",
        Value = trial.Best,
        Parameters = trial.Parameters,
        TrainingSeconds = trial.Spent.TrainingTime.TotalSeconds,
        StartedAt = trial.PlannedAt,
    };

    private static string[] NamesOf(IReadOnlyList<TrialRow> rows) => [.. rows.SelectMany(row => row.Parameters.Keys).Distinct().Order(StringComparer.Ordinal)];
}
