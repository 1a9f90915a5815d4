using Nola.Client.Specs.Forms;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Sections;

/// <summary>The method of a program of the user's own.</summary>
internal static class CommandSection
{
    private static readonly Key<long> Memory = new("memory", Values.Memory, "Memory of all its processes together, over which the program is killed and its trial fails.", "the slot's limit");
    private static readonly Key<TimeSpan> Silence = new("silence", Values.Duration, "A program that writes nothing for so long is killed, and its trial fails.", "no limit");
    private static readonly Key<long> Output = new("output", Values.Memory, "How much of its output the log of an attempt keeps; the rest is read all the same.", "16 MiB");
    private static readonly Key<TimeSpan> Grace = new("grace", Values.Duration, "Time between SIGTERM and SIGKILL when the trial is stopped.", "10s");

    private static readonly Key<CommandLimits> Limits = new(
        "limits",
        new Section<CommandLimits>("methods[].command.limits", "What the program may use; its time is budget.perTrial.time.", [Memory, Silence, Output, Grace], fields =>
        {
            var plain = new CommandLimits();
            return new()
            {
                Memory = fields.Get(Memory, plain.Memory),
                Silence = fields.Find(Silence),
                Output = fields.Get(Output, plain.Output),
                Grace = fields.Get(Grace, plain.Grace),
            };
        }).Form,
        "What the program may use.");

    /// <summary>The program and its arguments.</summary>
    public static Key<ImmutableArray<PlacedText>> Run { get; } = new(
        "run", new ArgumentsForm(), $"The program and its arguments. {{NAME}} stands for the value of a parameter, or of {string.Join(", ", Placeholders.Given)}.") { IsRequired = true };

    /// <summary>Parameters with a fixed value.</summary>
    public static Key<ImmutableArray<NamedText>> Parameters { get; } = new(
        "parameters", new NamedTextsForm("{ hidden: 64 }"), "Parameters with a fixed value; a search that varies one of them wins.", "none");

    /// <summary>Where the program is started.</summary>
    public static Key<PlacedPath> Folder { get; } = new("workingDirectory", new PathForm("the path of a folder"), "Where the program is started.", "the folder of the spec file");

    /// <summary>Variables that are set.</summary>
    public static Key<ImmutableArray<NamedText>> Environment { get; } = new(
        "environment", new NamedTextsForm("{ RATE: \"{learningRate}\" }"), "Environment variables that are set besides the silo's own; {NAME} as in run.", "none");

    /// <summary>The file of metrics.</summary>
    public static Key<string> Metrics { get; } = new(
        "metrics", Values.Text("the name of a file"), "Instead of standard output: a file in the trial's folder to which the program adds metrics; {metrics} is its path.", "standard output");

    /// <summary>The method.</summary>
    /// <param name="id">The key of a method's name.</param>
    /// <param name="draft">Makes the draft of a method.</param>
    public static KeyValuePair<string, Section<MethodDraft>> Kind(Key id, Func<Fields, string, Func<string, MethodSpec>, MethodDraft> draft) => new("command", new(
        "methods[].command", "A program of your own, for the task command; see docs/commands-as-trials.md.", [Run, id, Parameters, Folder, Environment, Metrics, Limits],
        fields => draft(fields, "command", name => new CommandMethod
        {
            Id = name,
            Run = [.. fields.Get(Run).Select(argument => argument.Text)],
            Parameters = fields.Get(Parameters, []).ToImmutableSortedDictionary(item => item.Name, item => RangeForm.ValueOf(item.Value)),
            WorkingDirectory = fields.FindObject(Folder)?.Full ?? fields.Context.Folder,
            Environment = fields.Get(Environment, []).ToImmutableSortedDictionary(item => item.Name, item => item.Value.Text),
            MetricsFile = fields.FindObject(Metrics),
            Limits = fields.FindObject(Limits) ?? new(),
        })));
}
