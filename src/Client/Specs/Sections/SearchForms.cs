using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Searching;

namespace Nola.Client.Specs.Sections;

/// <summary>The condition of a parameter: <c>{ optimizer: sgd }</c> or <c>{ layers: [2, 3] }</c>.</summary>
internal sealed class ConditionForm : Form<PlacedCondition>
{
    public override string Words => "a map of one parameter to a value or a list of values";

    public override JsonObject Schema(JsonObject definitions)
    {
        var scalar = new JsonObject { ["type"] = new JsonArray("number", "string", "boolean") };
        return new()
        {
            ["type"] = "object", ["minProperties"] = 1, ["maxProperties"] = 1,
            ["additionalProperties"] = new JsonObject { ["anyOf"] = new JsonArray(scalar, new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = scalar.DeepClone() }) },
        };
    }

    public override bool TryRead(Node node, string name, ReadContext context, out PlacedCondition value)
    {
        value = null!;
        if (node is not MapNode { Entries: [var (key, values)] })
            return Refuse(node, name, context);
        Node[] items = values is ListNode list ? [.. list.Items] : [values];
        if (items.Length == 0 || items.Any(item => item is not ScalarNode { IsEmpty: false }))
            return Refuse(values, $"the condition on {key.Text}", context);
        value = new(new(key.Text, [.. items.Cast<ScalarNode>().Select(RangeForm.ValueOf)]), key.At);
        return true;
    }
}

/// <summary>A condition and where it stands.</summary>
internal sealed record PlacedCondition(Condition Condition, Mark At);

/// <summary>A list of values that is read later, with the name of its parameter.</summary>
internal sealed class ListForm : Form<PlacedNode>
{
    public override string Words => "a list of values";

    public override JsonObject Schema(JsonObject definitions) =>
        new() { ["type"] = "array", ["minItems"] = 1, ["items"] = new JsonObject { ["type"] = new JsonArray("number", "string", "boolean") } };

    public override bool TryRead(Node node, string name, ReadContext context, out PlacedNode value)
    {
        value = new(node);
        return node is ListNode { Items.IsEmpty: false } || Refuse(node, name, context);
    }
}

/// <summary>A part of the file that is read later.</summary>
internal sealed record PlacedNode(Node Node);

/// <summary>Sets of hyperparameters to try first: a map of parameters to values, or a list of such maps.</summary>
internal sealed class EnqueueForm : Form<ImmutableArray<EnqueuedPoint>>
{
    public override string Words => "a map of parameters to values, or a list of such maps";

    public override JsonObject Schema(JsonObject definitions)
    {
        var point = new JsonObject { ["type"] = "object", ["minProperties"] = 1, ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("number", "string", "boolean") } };
        return new() { ["anyOf"] = new JsonArray(point, new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = point.DeepClone() }) };
    }

    public override bool TryRead(Node node, string name, ReadContext context, out ImmutableArray<EnqueuedPoint> value)
    {
        value = [];
        if (node is ListNode { Items.IsEmpty: true })
            return Refuse(node, name, context);
        var points = ImmutableArray.CreateBuilder<EnqueuedPoint>();
        foreach (var item in node is ListNode list ? list.Items : [node])
        {
            if (item is not MapNode { Entries.IsEmpty: false } map || map.Entries.Any(entry => entry.Value is not ScalarNode { IsEmpty: false }))
            {
                Refuse(item, name, context);
                continue;
            }

            var entries = map.Entries.Select(entry => (entry.Key.Text, RangeForm.ValueOf((ScalarNode)entry.Value), entry.Key.At, entry.Value.At)).ToImmutableArray();
            points.Add(new([.. entries.DistinctBy(entry => entry.Text)]));
            foreach (var twice in entries.GroupBy(entry => entry.Text).Where(group => group.Count() > 1))
                context.Problems.Add(twice.Last().Item3, $"the parameter '{twice.Key}' stands here a second time", "remove one of them");
        }

        value = points.ToImmutable();
        return value.Length > 0;
    }
}

/// <summary>A set of hyperparameters as read; whether the space has them is checked later.</summary>
internal sealed record EnqueuedPoint(ImmutableArray<(string Name, ParameterValue Value, Mark NameAt, Mark ValueAt)> Entries)
{
    /// <summary>The values by parameter.</summary>
    public ImmutableSortedDictionary<string, ParameterValue> Values => Entries.ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Value);
}
