using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;
using Nola.Core.Quantities;

namespace Nola.Client.Specs.Sections;

/// <summary>What trials must keep: <c>{ metric: memory, max: 2 GiB }</c>.</summary>
internal static class ConstraintsSection
{
    private static readonly Key<string> Metric = new("metric", Values.Text("the name of a metric"), "A metric of the task, or what trials take: seconds, parameters, memory, tokens.") { IsRequired = true };
    private static readonly Key<Bound> Low = new("min", new BoundForm(), "Smallest value that is feasible.", "no bound");
    private static readonly Key<Bound> High = new("max", new BoundForm(), "Largest value that is feasible.", "no bound");

    private static readonly Section<ConstraintDraft> Section = new(
        "constraints[]", "A bound on a metric or on what trials take; a trial outside is infeasible and never the best.", [Metric, Low, High],
        fields => new(fields.Get(Metric), fields.FindObject(Low), fields.FindObject(High), fields.At, fields.MarkOf(Metric)));

    /// <summary>The value of <c>constraints</c>.</summary>
    public static Form<ImmutableArray<ConstraintDraft>> Form { get; } = new ManyForm<ConstraintDraft>(Section.Form, draft => draft.Metric);

    private sealed class BoundForm : Form<Bound>
    {
        public override string Words => "a number, or one with a unit such as 2 GiB, 90s or 20M";

        public override JsonObject Schema(JsonObject definitions) => new() { ["type"] = new JsonArray("number", "string") };

        public override bool TryRead(Node node, string name, ReadContext context, out Bound value)
        {
            value = null!;
            if (node is not ScalarNode { IsEmpty: false } scalar || Read(scalar.Text) is not { } read)
                return Refuse(node, name, context);
            value = new(read.Value, read.Unit, scalar.Text, node.At);
            return true;
        }

        private static (double Value, BoundUnit Unit)? Read(string text) =>
            Values.TryNumber(text, out var number) ? (number, BoundUnit.None)
            : Units.TryMemory(text, out var bytes) ? (bytes, BoundUnit.Memory)
            : Units.TryDuration(text, out var time) ? (time.TotalSeconds, BoundUnit.Time)
            : Units.TryCount(text, out var count) ? (count, BoundUnit.Count)
            : null;
    }
}

/// <summary>What kind of unit stands behind a bound.</summary>
internal enum BoundUnit
{
    None,

    /// <summary>Bytes.</summary>
    Memory,

    /// <summary>Seconds.</summary>
    Time,

    /// <summary>Thousands, millions.</summary>
    Count,
}

/// <summary>A bound as read: bytes, seconds or a plain number.</summary>
internal sealed record Bound(double Value, BoundUnit Unit, string Text, Mark At);

/// <summary>A constraint as read; whether there is such a metric is checked later.</summary>
internal sealed record ConstraintDraft(string Metric, Bound? Low, Bound? High, Mark At, Mark MetricAt)
{
    /// <summary>The constraint.</summary>
    public Constraint Complete() => new(Metric, Low?.Value, High?.Value);
}
