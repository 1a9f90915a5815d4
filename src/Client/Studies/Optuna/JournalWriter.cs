using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Client.Studies.Optuna;

/// <summary>
/// Studies as a journal: the file that Optuna's <c>JournalStorage(JournalFileBackend(FILE))</c> opens, one operation in JSON on each line.
/// </summary>
/// <remarks>
/// A trial is written by one operation that creates it as it is. Completed trials and those that a budget stopped are COMPLETE; diverged, failed and
/// cancelled ones FAIL. Constraints stand where Optuna's samplers keep them, above 0 when broken. What Optuna has no field for stands in user attributes: the trial's id, seed, outcome, metrics, training time and artifacts.
/// </remarks>
/// <param name="zone">Time zone of the times, which Optuna keeps without one. Optuna itself writes local time.</param>
internal sealed class JournalWriter(TimeZoneInfo zone)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The journal, UTF-8 text that ends with a line feed.</summary>
    public string Write(IEnumerable<StudyRecord> studies)
    {
        var text = new StringBuilder();
        foreach (var (number, study) in studies.Index())
        {
            text.Append(Operation(JournalOperation.CreateStudy, line =>
            {
                line.WriteString("study_name", study.Title);
                line.WriteStartArray("directions");
                foreach (var objective in study.Objectives)
                    line.WriteNumberValue((int)(objective.Direction == Direction.Maximize ? OptunaDirection.Maximize : OptunaDirection.Minimize));
                line.WriteEndArray();
            }));
            text.Append(StudyAttribute(JournalOperation.SetStudySystemAttribute, number, "system_attr", "study:metric_names", study.Objectives.Select(objective => objective.Metric)));
            text.Append(StudyAttribute(JournalOperation.SetStudyUserAttribute, number, "user_attr", "nola:study", $"{study.Spec.Experiment}/{study.Spec.Index}"));
            var trials = study.Trials.Select(trial => (trial.Id.Number, Line: Finished(number, study, trial)))
                .Concat(study.Running.Select(trial => (trial.Id.Number, Line: InFlight(number, study, trial))));
            foreach (var (_, line) in trials.OrderBy(trial => trial.Number))
                text.Append(line);
        }

        return text.ToString();
    }

    private string Finished(int number, StudyRecord study, TrialRecord trial)
    {
        var first = study.ValueOf(trial);
        var others = study.Objectives.Skip(1).Select(objective => Merits.Of(trial, objective.Metric)).ToArray();
        var values = first is null || others.Any(value => value is null) ? [] : others.Select(value => value!.Value).Prepend(first.Value).ToArray();
        var state = trial.Result.Outcome switch
        {
            Completed or OutOfBudget when values.Length > 0 => OptunaState.Complete,
            Pruned => OptunaState.Pruned,
            _ => OptunaState.Fail,
        };
        var excesses = study.Spec.Constraints.Select(constraint => constraint.ExcessOf(trial)).ToArray();
        return Trial(number, study, state, values, trial.StartedAt, trial.EndedAt, trial.Parameters, trial.Measurements, excesses.Length > 0 && excesses.All(excess => excess is not null) ? excesses : null, line =>
        {
            line.WriteString("nola:trial", trial.Id.ToString());
            line.WriteNumber("seed", trial.Seed);
            line.WriteString("outcome", Words.Of(trial.Result.Outcome));
            Number(line, "training_seconds", trial.TotalUsage.TrainingTime.TotalSeconds);
            foreach (var (name, metric) in trial.Result.Metrics)
                Number(line, "metric:" + name, metric);
            if (trial.Result.Artifacts is { } artifacts)
                line.WriteString("artifacts", artifacts);
        });
    }

    private string InFlight(int number, StudyRecord study, RunningTrial trial) => Trial(
        number, study, trial.Place.Length > 0 ? OptunaState.Running : OptunaState.Waiting, [], trial.Place.Length > 0 ? trial.PlannedAt : null, null, trial.Parameters, [], null, line =>
        {
            line.WriteString("nola:trial", trial.Id.ToString());
            line.WriteNumber("seed", trial.Seed);
        });

    private string Trial(
        int number, StudyRecord study, OptunaState state, double[] values, DateTimeOffset? started, DateTimeOffset? ended,
        ImmutableSortedDictionary<string, ParameterValue> parameters, ImmutableArray<Measurement> measurements, double?[]? constraints, Action<Utf8JsonWriter> attributes) => Operation(JournalOperation.CreateTrial, line =>
    {
        var searched = study.Space.Where(parameter => parameters.ContainsKey(parameter.Name)).ToArray();
        line.WriteNumber("study_id", number);
        line.WriteString("datetime_start", Local(started));
        if (ended is not null)
            line.WriteString("datetime_complete", Local(ended));
        line.WriteNumber("state", (int)state);
        // One value stands alone, several in a list, as Optuna writes them.
        line.WritePropertyName("value");
        JsonSerializer.Serialize(line, values.Length == 1 ? (ParameterValue?)values[0] : null);
        line.WritePropertyName("values");
        JsonSerializer.Serialize(line, values.Length > 1 ? values.Select(value => (ParameterValue)value) : null);
        line.WriteStartObject("distributions");
        foreach (var parameter in searched)
            line.WriteString(parameter.Name, OptunaDistribution.Write(parameter.Values));
        line.WriteEndObject();
        line.WriteStartObject("params");
        foreach (var parameter in searched)
            Number(line, parameter.Name, OptunaDistribution.Internal(parameter.Values, parameters[parameter.Name]));
        line.WriteEndObject();
        line.WriteStartObject("user_attrs");
        attributes(line);
        line.WriteEndObject();
        line.WriteStartObject("system_attrs");
        if (constraints is not null)
        {
            line.WriteStartArray("constraints");
            foreach (var excess in constraints)
                JsonSerializer.Serialize(line, (ParameterValue)excess!.Value);
            line.WriteEndArray();
        }

        line.WriteEndObject();
        line.WriteStartObject("intermediate_values");
        foreach (var measurement in measurements.Where(measurement => measurement.Metrics.ContainsKey(study.Objective.Metric)).DistinctBy(measurement => measurement.Step))
            Number(line, measurement.Step.ToString(CultureInfo.InvariantCulture), measurement.Metrics[study.Objective.Metric]);
        line.WriteEndObject();
    });

    private static string StudyAttribute(JournalOperation operation, int number, string field, string name, object value) => Operation(operation, line =>
    {
        line.WriteNumber("study_id", number);
        line.WriteStartObject(field);
        line.WritePropertyName(name);
        JsonSerializer.Serialize(line, value);
        line.WriteEndObject();
    });

    private static string Operation(JournalOperation operation, Action<Utf8JsonWriter> fields)
    {
        using var bytes = new MemoryStream();
        using (var line = new Utf8JsonWriter(bytes, Plain))
        {
            line.WriteStartObject();
            line.WriteNumber("op_code", (int)operation);
            line.WriteString("worker_id", "nola");
            fields(line);
            line.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    // A whole number that Python must read as a float keeps its ".0".
    private static void Number(Utf8JsonWriter line, string name, ParameterValue value)
    {
        line.WritePropertyName(name);
        JsonSerializer.Serialize(line, value);
    }

    private string? Local(DateTimeOffset? time) =>
        time is { } known ? TimeZoneInfo.ConvertTime(known, zone).ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) : null;
}
