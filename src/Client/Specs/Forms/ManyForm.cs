using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>A list of values, or one value alone; never empty and without duplicates.</summary>
/// <param name="item">The form of each value.</param>
/// <param name="identity">What makes two values the same; null when the values themselves do.</param>
internal sealed class ManyForm<T>(Form<T> item, Func<T, object>? identity = null) : Form<ImmutableArray<T>>
{
    public override string Words => $"{item.Words}, or a list";

    public override IEnumerable<Section> Sections => item.Sections;

    public override JsonObject Schema(JsonObject definitions) => new()
    {
        ["anyOf"] = new JsonArray(item.Schema(definitions), new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = item.Schema(definitions) }),
    };

    public override bool TryRead(Node node, string name, ReadContext context, out ImmutableArray<T> value)
    {
        value = [];
        if (node is ListNode { Items.IsEmpty: true })
        {
            context.Problems.Add(node.At, $"{name} is an empty list", "name at least one, or remove the key");
            return false;
        }

        var values = ImmutableArray.CreateBuilder<T>();
        var seen = new HashSet<object>();
        foreach (var part in node is ListNode list ? list.Items : [node])
        {
            if (!item.TryRead(part, name, context, out var read))
                continue;
            if (seen.Add(identity?.Invoke(read) ?? read!))
                values.Add(read);
            else
                context.Problems.Add(part.At, $"{name} names {(part is ScalarNode scalar ? $"'{scalar.Text}'" : $"'{identity?.Invoke(read)}'")} twice", identity is null ? "remove one" : "remove one, or give it an id of its own");
        }

        value = values.ToImmutable();
        return value.Length > 0;
    }
}
