using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>Values by regular expressions.</summary>
/// <param name="item">The form of each value.</param>
/// <param name="example">Such a map.</param>
internal sealed class PatternMapForm<T>(Form<T> item, string example) : Form<ImmutableSortedDictionary<string, T>>
{
    public override string Words => $"a map such as {example}";

    public override JsonObject Schema(JsonObject definitions) => new() { ["type"] = "object", ["minProperties"] = 1, ["additionalProperties"] = item.Schema(definitions) };

    public override bool TryRead(Node node, string name, ReadContext context, out ImmutableSortedDictionary<string, T> value)
    {
        value = ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
        if (node is not MapNode { Entries.IsEmpty: false } map)
            return Refuse(node, name, context);
        foreach (var (key, entry) in map.Entries)
        {
            if (!Values.IsPattern(key.Text))
                context.Problems.Add(key.At, $"{name} names {key.Words}, which is no regular expression", "write a backslash before brackets and other signs");
            else if (value.ContainsKey(key.Text))
                context.Problems.Add(key.At, $"{name} names {key.Words} twice", "remove one");
            else if (item.TryRead(entry, $"{name} of {key.Words}", context, out var read))
                value = value.Add(key.Text, read);
        }

        return true;
    }
}
