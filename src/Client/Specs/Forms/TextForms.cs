using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>A text and where it stands.</summary>
internal sealed record PlacedText(string Text, Mark At);

/// <summary>A program and its arguments.</summary>
internal sealed class ArgumentsForm : Form<ImmutableArray<PlacedText>>
{
    public override string Words => "a list of a program and its arguments";

    public override JsonObject Schema(JsonObject definitions) =>
        new() { ["type"] = "array", ["minItems"] = 1, ["items"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") } };

    public override bool TryRead(Node node, string name, ReadContext context, out ImmutableArray<PlacedText> value)
    {
        value = [];
        if (node is not ListNode { Items.IsEmpty: false } list)
            return Refuse(node, name, context, node is ScalarNode { IsEmpty: false } ? $"write {name}: [python3, train.py, …], or {name}: [sh, -c, \"…\"] for a line of the shell" : null);
        var before = context.Problems.Count;
        foreach (var item in list.Items)
        {
            // {rate} without quotes is a map to YAML.
            if (item is MapNode { Entries: [{ Key.Text: var key, Value: ScalarNode { IsEmpty: true } }] })
                context.Problems.Add(item.At, $"{{{key}}} stands here without quotes, and so is a map", $"write \"{{{key}}}\"");
            else if (item is not ScalarNode { IsEmpty: false })
                context.Problems.Add(item.At, $"an argument is {item.Words}, but must be a text");
        }

        value = [.. list.Items.OfType<ScalarNode>().Select(item => new PlacedText(item.Text, item.At))];
        return context.Problems.Count == before;
    }
}

/// <summary>A map from names to texts.</summary>
/// <param name="example">Such a map.</param>
internal sealed class NamedTextsForm(string example) : Form<ImmutableArray<NamedText>>
{
    public override string Words => $"a map such as {example}";

    public override JsonObject Schema(JsonObject definitions) =>
        new() { ["type"] = "object", ["minProperties"] = 1, ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") } };

    public override bool TryRead(Node node, string name, ReadContext context, out ImmutableArray<NamedText> value)
    {
        value = [];
        if (node is not MapNode { Entries.IsEmpty: false } map)
            return Refuse(node, name, context);
        var found = ImmutableArray.CreateBuilder<NamedText>();
        foreach (var (key, entry) in map.Entries)
        {
            if (found.Any(other => other.Name == key.Text))
                context.Problems.Add(key.At, $"{name} names {key.Words} twice", "remove one");
            else if (entry is not ScalarNode { IsEmpty: false } scalar)
                context.Problems.Add(entry.At, $"{key.Text} is {entry.Words}, but must be a text or a number");
            else
                found.Add(new(key.Text, key.At, scalar));
        }

        value = found.ToImmutable();
        return true;
    }
}

/// <summary>A text under a name.</summary>
internal sealed record NamedText(string Name, Mark NameAt, ScalarNode Value);
