using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Silo.Commands;

/// <summary>A program with its arguments, its folder and what is added to its environment.</summary>
internal sealed record CommandInvocation(string Program, ImmutableArray<string> Arguments, string WorkingDirectory, ImmutableSortedDictionary<string, string> Environment)
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What an attempt starts; also writes the files of parameters into the trial's folder.</summary>
    /// <exception cref="CommandException">There is no such program, or a placeholder has no value.</exception>
    public static CommandInvocation Of(TrialAttempt attempt, CommandMethod method, int number)
    {
        var trial = attempt.Trial;
        var parameters = method.Parameters.SetItems(trial.Parameters);
        var given = Given(attempt, method, number);
        string Fill(string text) => Placeholders.Fill(text, name =>
            given.TryGetValue(name, out var value) ? value
            : parameters.TryGetValue(name, out var parameter) ? parameter.ToString()
            : throw new CommandException($"'{text}' names {{{name}}}, which this trial does not have; write {{{{{name}}}}} for the braces themselves"));

        if (!Directory.Exists(method.WorkingDirectory))
            throw new CommandException($"there is no folder {method.WorkingDirectory} on this silo; all silos must see it under the same path");
        var program = Fill(method.Run[0]);
        var found = ProgramFile.Find(program, method.WorkingDirectory) ?? throw new CommandException($"there is no program '{program}' on this silo; install it there, or write its path");
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["CUDA_VISIBLE_DEVICES"] = attempt.Device.Kind == DeviceKind.Cuda ? attempt.Device.Id["cuda:".Length..] : "",
            ["OMP_NUM_THREADS"] = given["threads"],
            // What Python prints would wait in a buffer for the program's end.
            ["PYTHONUNBUFFERED"] = "1",
        };
        foreach (var (name, value) in given)
            environment["NOLA_" + name.ToUpperInvariant().Replace('.', '_')] = value;
        foreach (var (name, value) in parameters)
            environment["NOLA_PARAM_" + name.Replace('.', '_').Replace('-', '_')] = value.ToString();
        foreach (var (name, value) in method.Environment)
            environment[name] = Fill(value);
        WriteFiles(given, parameters, trial.Seed);
        return new(found, [.. method.Run.Skip(1).Select(Fill)], method.WorkingDirectory, environment.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    private static Dictionary<string, string> Given(TrialAttempt attempt, CommandMethod method, int number)
    {
        var (trial, folder) = (attempt.Trial, attempt.ArtifactFolder);
        return new()
        {
            ["seed"] = Text(trial.Seed),
            ["trial"] = Text(trial.Id.Number),
            ["study"] = Text(trial.Id.Study),
            ["experiment"] = trial.Id.Experiment,
            ["attempt"] = Text(number),
            ["artifacts"] = folder,
            // It sees its own device alone.
            ["device"] = attempt.Device.Kind == DeviceKind.Cuda ? "cuda:0" : "cpu",
            ["threads"] = Text(attempt.Device.Threads),
            ["metrics"] = method.MetricsFile is { } file ? Path.Combine(folder, file) : "",
            ["parameters.json"] = Path.Combine(folder, "parameters.json"),
            ["parameters.yaml"] = Path.Combine(folder, "parameters.yaml"),
        };
    }

    private static void WriteFiles(Dictionary<string, string> given, ImmutableSortedDictionary<string, ParameterValue> parameters, int seed)
    {
        var all = parameters.SetItem("seed", seed);
        File.WriteAllText(given["parameters.json"], JsonSerializer.Serialize(all, Layout) + "\n");
        File.WriteAllText(given["parameters.yaml"], string.Concat(all.Select(item => $"{item.Key}: {Yaml(item.Value)}\n")));
    }

    // A scalar of JSON is one of YAML, but for numbers: YAML 1.1 reads 1E-05 as a text, and 1.0E-05 as a number.
    private static string Yaml(ParameterValue value) =>
        value.Kind == ParameterKind.Number && value.ToString() is var number && number.IndexOf('E', StringComparison.Ordinal) is > 0 and var at && !number.Contains('.', StringComparison.Ordinal)
            ? $"{number[..at]}.0{number[at..]}"
            : JsonSerializer.Serialize(value, Layout);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A command cannot be started; the message is one clause for the user.</summary>
internal sealed class CommandException(string message) : Exception(message);
