using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Nola.Client.Studies.Optuna;

/// <summary>Reads Optuna's journals, those of its file storage from version 3.1 on.</summary>
/// <remarks>As Optuna does, it passes over operations on studies and trials that are not there, and over changes of finished trials.</remarks>
internal sealed partial class JournalReader
{
    private readonly List<JournalStudy?> studies = [];
    private readonly List<JournalTrial> trials = [];

    private JournalReader()
    {
    }

    /// <summary>The studies of a journal in the order of their creation. Throws <see cref="JournalException"/> for a line that is no operation.</summary>
    public static IReadOnlyList<JournalStudy> Read(string file)
    {
        var reader = new JournalReader();
        var text = File.ReadAllText(file);
        var lines = text.Split('\n');
        for (var index = 0; index < lines.Length - 1; index++)
            reader.Apply(lines[index], index + 1);
        if (lines[^1].Length > 0)
            throw new JournalException(lines.Length, "the last line is torn: it does not end", "wait until the program that writes it has ended; when it was killed, remove the line");
        return [.. reader.studies.OfType<JournalStudy>()];
    }

    private void Apply(string line, long number)
    {
        try
        {
            using var json = Parse(line);
            Apply(json.RootElement);
        }
        catch (JsonException)
        {
            throw new JournalException(number, $"this line is no JSON: {Start(line)}", "remove it when it is torn; an Optuna journal has one operation on each line");
        }
        catch (Exception fault) when (fault is FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new JournalException(number, fault is FormatException ? fault.Message : $"this line is not as Optuna writes it: {Start(line)}", "read journals of Optuna 3.1 to 4 only");
        }
    }

    private void Apply(JsonElement line)
    {
        var code = line.GetProperty("op_code").GetInt32();
        switch ((JournalOperation)code)
        {
            case JournalOperation.CreateStudy:
                var name = line.GetProperty("study_name").GetString()!;
                if (studies.All(study => study?.Name != name))
                    studies.Add(new(name, [.. line.GetProperty("directions").EnumerateArray().Select(direction => (OptunaDirection)direction.GetInt32())], []));
                break;
            case JournalOperation.DeleteStudy:
                if (Study(line) is not null)
                    studies[line.GetProperty("study_id").GetInt32()] = null;
                break;
            case JournalOperation.CreateTrial:
                if (Study(line) is { } owner)
                    owner.Trials.Add(Create(line));
                break;
            case JournalOperation.SetTrialParameter:
                if (Trial(line) is { } chosen)
                    chosen.Parameters[line.GetProperty("param_name").GetString()!] = OptunaDistribution.External(line.GetProperty("distribution").GetString()!, line.GetProperty("param_value_internal").GetDouble());
                break;
            case JournalOperation.SetTrialStateAndValues:
                if (Trial(line) is { } ended)
                {
                    ended.Values = Values(line.GetProperty("values"));
                    ended.State = State(line.GetProperty("state"));
                }

                break;
            case JournalOperation.SetTrialIntermediateValue:
                if (Trial(line) is { } measured)
                    measured.Reports[line.GetProperty("step").GetInt64()] = Value(line.GetProperty("intermediate_value"));
                break;
            case JournalOperation.SetStudyUserAttribute or JournalOperation.SetStudySystemAttribute or JournalOperation.SetTrialUserAttribute or JournalOperation.SetTrialSystemAttribute:
                break;
            default:
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"there is no operation {code}; Optuna has 0 to 9"));
        }
    }

    private JournalTrial Create(JsonElement line)
    {
        var trial = new JournalTrial();
        trials.Add(trial);
        if (line.TryGetProperty("params", out var values))
        {
            foreach (var value in values.EnumerateObject())
                trial.Parameters[value.Name] = OptunaDistribution.External(line.GetProperty("distributions").GetProperty(value.Name).GetString()!, value.Value.GetDouble());
        }

        if (line.TryGetProperty("intermediate_values", out var reports))
        {
            foreach (var report in reports.EnumerateObject())
                trial.Reports[long.Parse(report.Name, CultureInfo.InvariantCulture)] = Value(report.Value);
        }

        if (line.TryGetProperty("values", out var several) && several.ValueKind == JsonValueKind.Array)
            trial.Values = Values(several);
        else if (line.TryGetProperty("value", out var one) && one.ValueKind == JsonValueKind.Number)
            trial.Values = [one.GetDouble()];
        if (line.TryGetProperty("state", out var state))
            trial.State = State(state);
        return trial;
    }

    private JournalStudy? Study(JsonElement line) => line.GetProperty("study_id").GetInt32() is var id && id < studies.Count ? studies[id] : null;

    private JournalTrial? Trial(JsonElement line) => line.GetProperty("trial_id").GetInt32() is var id && id < trials.Count && !trials[id].HasEnded ? trials[id] : null;

    private static OptunaState State(JsonElement state) => Enum.IsDefined((OptunaState)state.GetInt32()) ? (OptunaState)state.GetInt32()
        : throw new FormatException($"there is no state {state.GetInt32()} of a trial; Optuna has 0 to 4");

    private static ImmutableArray<double> Values(JsonElement values) => values.ValueKind == JsonValueKind.Null ? [] : [.. values.EnumerateArray().Select(Value)];

    private static double Value(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();

    // Python writes NaN and infinite numbers, which are no JSON.
    private static JsonDocument Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException) when (NoNumber().IsMatch(line))
        {
            return JsonDocument.Parse(NoNumber().Replace(line, "null"));
        }
    }

    private static string Start(string line) => $"'{(line.Length <= 40 ? line : line[..40] + "…").TrimEnd('\r')}'";

    [GeneratedRegex(@"(?<=[:,\[]\s*)(NaN|-?Infinity)(?=\s*[,\]}])")]
    private static partial Regex NoNumber();
}
