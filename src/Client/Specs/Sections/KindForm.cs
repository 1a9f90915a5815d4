using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Searching;
using Nola.Search;

namespace Nola.Client.Specs.Sections;

/// <summary>A sampler or pruner: its name, or a map of its name to its options.</summary>
/// <param name="what">What is named: "sampler".</param>
/// <param name="kinds">All there are.</param>
internal sealed class KindForm(string what, ImmutableArray<SearchKind> kinds) : Form<NamedOptions>
{
    private readonly ImmutableArray<(SearchKind Kind, Section<NamedOptions> Section)> sections = [.. kinds.Select(kind => (kind, SectionOf(what, kind)))];

    public override string Words => $"one of {string.Join(", ", kinds.Select(kind => kind.Name))}, or a map such as {{ {kinds[^1].Name}: {{ {kinds[^1].Options[0].Name}: … }} }}";

    public override IEnumerable<Section> Sections => sections.Where(item => !item.Kind.Options.IsEmpty).Select(item => item.Section);

    public override JsonObject Schema(JsonObject definitions)
    {
        var options = new JsonObject();
        foreach (var (kind, section) in sections)
            options[kind.Name] = new JsonObject { ["anyOf"] = new JsonArray(section.Form.Schema(definitions), new JsonObject { ["type"] = "null" }) };
        return new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. kinds.Select(kind => (JsonNode)kind.Name)]) },
                new JsonObject { ["type"] = "object", ["properties"] = options, ["additionalProperties"] = false, ["minProperties"] = 1, ["maxProperties"] = 1 }),
        };
    }

    public override bool TryRead(Node node, string name, ReadContext context, out NamedOptions value)
    {
        value = null!;
        var (typed, at, options) = node switch
        {
            ScalarNode { IsEmpty: false } scalar => (scalar.Text, scalar.At, new MapNode(scalar.At, [])),
            MapNode { Entries: [var entry] } map => (entry.Key.Text, entry.Key.At, entry.Value is ScalarNode { IsEmpty: true } ? new MapNode(map.At, []) : entry.Value),
            _ => (null, node.At, node),
        };
        if (typed is null)
            return Refuse(node, name, context, node is MapNode ? $"a {what} is one name, with its options in a map behind it" : null);
        if (sections.FirstOrDefault(item => item.Kind.Name == typed).Section is not { } section)
        {
            context.Problems.Add(at, $"there is no {what} '{typed}'", Suggestions.Remedy(typed, [.. kinds.Select(kind => kind.Name)]));
            return false;
        }

        if (options is not MapNode keys)
        {
            context.Problems.Add(options.At, $"the options of {typed} are {options.Words}, but must be a map", $"write {typed} alone, or a map behind it");
            return false;
        }

        return (value = section.Build(keys, context)!) is not null;
    }

    private static Section<NamedOptions> SectionOf(string what, SearchKind kind)
    {
        var keys = kind.Options.Select(option => new Key<ParameterValue>(option.Name, new OptionForm(option), option.Summary, option.Default)).ToArray();
        return new($"search.{what}.{kind.Name}", kind.Summary, [.. keys], fields => new(
            kind.Name,
            keys.Where(key => fields.Find(key) is not null).ToImmutableSortedDictionary(key => key.Name, key => fields.Find(key)!.Value)));
    }
}

/// <summary>A sampler or pruner as read.</summary>
internal sealed record NamedOptions(string Name, ImmutableSortedDictionary<string, ParameterValue> Options);

/// <summary>The value of an option of a sampler or pruner.</summary>
internal sealed class OptionForm(SearchSetting option) : Form<ParameterValue>
{
    private readonly Form<int> integer = Values.Integer((int)option.Low, option.High >= 1e9 ? int.MaxValue : (int)option.High);
    private readonly Form<double> number = Values.Number(option.Low, option.High);
    private readonly Form<string> choice = new ChoiceForm<string>(option.Name, [.. option.Choices.Select(name => (name, name))]);

    private Form Form => !option.Choices.IsEmpty ? choice : option.IsInteger ? integer : number;

    public override string Words => Form.Words;

    public override JsonObject Schema(JsonObject definitions) => Form.Schema(definitions);

    public override bool TryRead(Node node, string name, ReadContext context, out ParameterValue value)
    {
        value = default;
        if (!option.Choices.IsEmpty)
            return choice.TryRead(node, name, context, out var chosen) && Take(chosen, out value);
        return option.IsInteger
            ? integer.TryRead(node, name, context, out var whole) && Take(whole, out value)
            : number.TryRead(node, name, context, out var real) && Take(real, out value);
    }

    private static bool Take(ParameterValue read, out ParameterValue value)
    {
        value = read;
        return true;
    }
}
