using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Sections;

/// <summary>Weights of classes: <c>balanced</c>, or a map from labels to numbers.</summary>
internal sealed class ClassWeightsForm : Form<ClassWeights>
{
    private static readonly Form<double> Weight = Values.Number(0, 1e6);

    public override string Words => "balanced, or a map from labels to weights";

    public override JsonObject Schema(JsonObject definitions) => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray("balanced") },
            new JsonObject { ["type"] = "object", ["minProperties"] = 1, ["additionalProperties"] = Weight.Schema(definitions) }),
    };

    public override bool TryRead(Node node, string name, ReadContext context, out ClassWeights value)
    {
        var weights = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);
        value = new(node is ScalarNode { Text: "balanced" }, weights);
        if (value.IsBalanced)
            return true;
        if (node is not MapNode { Entries.IsEmpty: false } map)
            return Refuse(node, name, context);
        foreach (var (label, entry) in map.Entries)
        {
            if (weights.ContainsKey(label.Text))
                context.Problems.Add(label.At, $"{name} names {label.Words} twice", "remove one");
            else if (Weight.TryRead(entry, $"the weight of {label.Words}", context, out var weight))
                weights = weights.Add(label.Text, weight);
        }

        value = new(false, weights);
        return true;
    }
}

/// <summary>Weights of classes as read.</summary>
internal sealed record ClassWeights(bool IsBalanced, ImmutableSortedDictionary<string, double> ByLabel);
