using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>One of several sections: its name alone, or a map of its name to its keys.</summary>
/// <param name="kind">What the names name: "method".</param>
/// <param name="words">The values it takes, as a noun.</param>
/// <param name="choices">The sections in order, each with its name.</param>
/// <param name="remedy">What to write where a name's options are no map.</param>
internal sealed class NamedSectionForm<T>(string kind, string words, ImmutableArray<(string Name, Section<T> Section)> choices, Func<string, Section<T>, string> remedy) : Form<T>
    where T : class
{
    public override string Words => words;

    public override IEnumerable<Section> Sections => choices.Select(choice => choice.Section).Where(section => !section.Keys.IsEmpty);

    private IEnumerable<string> Names => choices.Select(choice => choice.Name);

    public override JsonObject Schema(JsonObject definitions)
    {
        var options = new JsonObject();
        foreach (var (name, section) in choices)
            options[name] = new JsonObject { ["anyOf"] = new JsonArray(section.Form.Schema(definitions), new JsonObject { ["type"] = "null" }) };
        return new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. Names.Select(name => (JsonNode)name)]) },
                new JsonObject { ["type"] = "object", ["properties"] = options, ["additionalProperties"] = false, ["minProperties"] = 1, ["maxProperties"] = 1 }),
        };
    }

    public override bool TryRead(Node node, string name, ReadContext context, out T value)
    {
        value = null!;
        var (typed, at, options) = node switch
        {
            ScalarNode { IsEmpty: false } scalar => (scalar.Text, scalar.At, new MapNode(scalar.At, [])),
            MapNode { Entries: [var entry] } map => (entry.Key.Text, entry.Key.At, entry.Value is ScalarNode { IsEmpty: true } ? new MapNode(map.At, []) : entry.Value),
            _ => (null, node.At, node),
        };
        if (typed is null)
            return Refuse(node, name, context, node is MapNode ? $"a {kind} is one name, with its options in a map behind it" : null);
        if (choices.FirstOrDefault(choice => choice.Name == typed).Section is not { } section)
        {
            context.Problems.Add(at, $"there is no {kind} '{typed}'", Suggestions.Remedy(typed, [.. Names]));
            return false;
        }

        if (options is not MapNode keys)
        {
            context.Problems.Add(options.At, $"the options of {typed} are {options.Words}, but must be a map", remedy(typed, section));
            return false;
        }

        return (value = section.Build(keys, context)!) is not null;
    }
}
