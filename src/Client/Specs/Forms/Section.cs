using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>A map with known keys.</summary>
internal abstract class Section(string name, string summary, ImmutableArray<Key> keys, bool buildsAnyway)
{
    /// <summary>Where it stands in a spec file, such as <c>budget.perTrial</c>.</summary>
    public string Name => name;

    /// <summary>What it says, one or two sentences.</summary>
    public string Summary => summary;

    /// <summary>Its keys in the order of the reference page.</summary>
    public ImmutableArray<Key> Keys => keys;

    /// <summary>This section and all that may stand in it, each once.</summary>
    public IEnumerable<Section> WithParts() =>
        keys.SelectMany(key => key.Form.Sections).SelectMany(part => part.WithParts()).Prepend(this).DistinctBy(part => part.Name);

    /// <summary>Reads the keys of a map, and reports unknown, repeated and missing ones. Null when a required key is missing or wrong, unless the section is built anyway.</summary>
    protected Fields? Read(MapNode map, ReadContext context)
    {
        var values = new Dictionary<Key, object>();
        var marks = new Dictionary<Key, Mark>();
        foreach (var (typed, node) in map.Entries)
        {
            if (keys.FirstOrDefault(key => key.Name == typed.Text) is not { } known)
            {
                context.Problems.Add(typed.At, $"{(name.Length == 0 ? "a spec" : name)} has no key '{typed.Text}'", RemedyFor(typed.Text));
            }
            else if (!marks.TryAdd(known, node.At))
            {
                context.Problems.Add(typed.At, $"the key '{typed.Text}' stands here a second time", "remove one of them");
            }
            else if (node is ScalarNode { IsEmpty: true } && known.Form is not IAcceptsEmpty)
            {
                context.Problems.Add(typed.At, $"the key '{typed.Text}' has no value", $"write {known.Form.Words}, or remove the key");
            }
            else if (known.Read(node, context) is { } value)
            {
                values[known] = value;
            }
        }

        var missing = keys.Where(key => key.IsRequired && !marks.ContainsKey(key)).ToArray();
        foreach (var key in missing)
            context.Problems.Add(map.At, $"{(name.Length == 0 ? "the spec" : name)} lacks the key '{key.Name}'", $"write {key.Form.Words}");
        return !buildsAnyway && keys.Any(key => key.IsRequired && !values.ContainsKey(key)) ? null : new(map.At, context, values, marks);
    }

    /// <summary>The section as a JSON Schema of its own.</summary>
    public JsonObject Schema(JsonObject definitions)
    {
        var properties = new JsonObject();
        foreach (var key in keys)
        {
            var schema = key.Form.Schema(definitions);
            schema["description"] = key.Default is null ? key.Summary : $"{key.Summary} Default: {key.Default}.";
            properties[key.Name] = schema;
        }

        var section = new JsonObject { ["type"] = "object", ["description"] = summary, ["properties"] = properties, ["additionalProperties"] = false };
        if (keys.Any(key => key.IsRequired))
            section["required"] = new JsonArray([.. keys.Where(key => key.IsRequired).Select(key => (JsonNode)key.Name)]);
        return section;
    }

    private string RemedyFor(string typed)
    {
        var names = keys.Select(key => key.Name).ToArray();
        if (Suggestions.Nearest(typed, names) is { } near)
            return $"did you mean '{near}'?";
        var home = SpecKeys.Root.WithParts().FirstOrDefault(section => section.Keys.Any(key => key.Name == typed));
        return home is null ? $"known are {string.Join(", ", names)}" : $"it belongs {(home.Name.Length == 0 ? "at the top of the file" : $"under {home.Name}")}";
    }
}

/// <summary>A map with known keys that makes a <typeparamref name="T"/>.</summary>
/// <param name="name">Where it stands in a spec file, such as <c>budget.perTrial</c>; empty for the whole file.</param>
/// <param name="summary">What it says.</param>
/// <param name="keys">Its keys.</param>
/// <param name="build">Makes the value; keys that are absent or wrong have their default there.</param>
/// <param name="buildsAnyway">Whether the value is made although required keys are missing or wrong, so that more can be checked.</param>
internal sealed class Section<T>(string name, string summary, ImmutableArray<Key> keys, Func<Fields, T?> build, bool buildsAnyway = false)
    : Section(name, summary, keys, buildsAnyway)
    where T : class
{
    /// <summary>The section as the form of a value.</summary>
    public Form<T> Form => field ??= new SectionForm(this);

    /// <summary>Reads a map; null when there is nothing to go on with.</summary>
    public T? Build(MapNode map, ReadContext context) => Read(map, context) is { } fields ? build(fields) : null;

    private sealed class SectionForm(Section<T> section) : Form<T>
    {
        public override string Words => $"a map with the keys {string.Join(", ", section.Keys.Select(key => key.Name))}";

        public override IEnumerable<Section> Sections => [section];

        public override JsonObject Schema(JsonObject definitions)
        {
            var id = section.Name.Replace("[]", "", StringComparison.Ordinal).Replace("*", "range", StringComparison.Ordinal).Replace('.', '-');
            if (!definitions.ContainsKey(id))
            {
                definitions[id] = new JsonObject();
                definitions[id] = section.Schema(definitions);
            }

            return new() { ["$ref"] = $"#/$defs/{id}" };
        }

        public override bool TryRead(Node node, string name, ReadContext context, out T value)
        {
            value = null!;
            if (node is not MapNode map)
                return Refuse(node, name, context);
            value = section.Build(map, context)!;
            return value is not null;
        }
    }
}

/// <summary>A form that a key without value fits too.</summary>
internal interface IAcceptsEmpty;
