using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Sections;

/// <summary>The objective: a metric, or a metric with its direction.</summary>
internal static class ObjectiveSection
{
    private static readonly Key<string> Metric = new("metric", Values.Text("the name of a metric"), "A metric of the task, or one that the program of a command reports.") { IsRequired = true };
    private static readonly Key<Direction> Direction = new(
        "direction",
        new ChoiceForm<Direction>("direction", ("maximize", Core.Experiments.Direction.Maximize), ("minimize", Core.Experiments.Direction.Minimize)),
        "Whether larger or smaller is better.",
        "as usual for the metric");

    private static readonly Section<ObjectiveDraft> Inline = new("objective", "What decides which trial is best.", [Metric, Direction], fields => new(fields.Get(Metric), fields.Find(Direction), fields.MarkOf(Metric)));

    /// <summary>The value of <c>objective</c>.</summary>
    public static Form<ImmutableArray<ObjectiveDraft>> Form { get; } = new ManyForm<ObjectiveDraft>(new ObjectiveForm(), draft => draft.Metric);

    private sealed class ObjectiveForm : Form<ObjectiveDraft>
    {
        public override string Words => "the name of a metric, or a map with metric and direction";

        public override IEnumerable<Section> Sections => [Inline];

        public override JsonObject Schema(JsonObject definitions) => new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. TaskCatalogue.All.Values.SelectMany(task => task.Metrics).Distinct().Order(StringComparer.Ordinal).Select(metric => (JsonNode)metric)]) },
                new JsonObject { ["type"] = "string" },
                Inline.Form.Schema(definitions)),
        };

        public override bool TryRead(Node node, string name, ReadContext context, out ObjectiveDraft value)
        {
            value = null!;
            if (node is MapNode map)
                return (value = Inline.Build(map, context)!) is not null;
            if (node is not ScalarNode { IsEmpty: false } scalar)
                return Refuse(node, name, context);
            value = new(scalar.Text, null, node.At);
            return true;
        }
    }
}

/// <summary>An objective as read; whether the task has its metric is checked later.</summary>
internal sealed record ObjectiveDraft(string Metric, Direction? Direction, Mark At)
{
    /// <summary>The objective with the metric's usual direction where none is set.</summary>
    public Objective Complete(TaskKind task) => new(
        Metric,
        Direction ?? (Metric == task.Objective?.Metric ? task.Objective.Direction : Objective.UsualDirectionOf(Metric)));
}
