using System.Text.Json;
using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;
using Nola.Reasoning.Endpoints;

namespace Nola.Client.Specs.Sections;

/// <summary>An address of a server.</summary>
internal sealed class AddressForm : Form<Uri>
{
    public override string Words => "an address that begins with http:// or https://";

    public override JsonObject Schema(JsonObject definitions) => new() { ["type"] = "string", ["pattern"] = "^https?://" };

    public override bool TryRead(Node node, string name, ReadContext context, out Uri value)
    {
        value = null!;
        return node is ScalarNode scalar && Uri.TryCreate(scalar.Text, UriKind.Absolute, out value!) && value.Scheme is "http" or "https" || Refuse(node, name, context, "write it up to /v1, such as https://api.openai.com/v1");
    }
}

/// <summary>Where a secret is. What stands here instead may be the secret itself, so no message repeats it.</summary>
internal sealed class KeySourceForm : Form<string>
{
    public override string Words => "env:NAME or file:PATH";

    public override JsonObject Schema(JsonObject definitions) => new() { ["type"] = "string", ["pattern"] = "^(env|file):." };

    public override bool TryRead(Node node, string name, ReadContext context, out string value)
    {
        value = (node as ScalarNode)?.Text ?? "";
        if (value.StartsWith("env:", StringComparison.Ordinal) && value.Length > 4)
            return true;
        if (value.StartsWith("file:", StringComparison.Ordinal) && value.Length > 5)
        {
            value = "file:" + context.PathOf(value[5..]);
            return true;
        }

        context.Problems.Add(node.At, $"{name} must be {Words}", "a key never stands in a spec: put it into an environment variable or a file of its own");
        return false;
    }
}

/// <summary>The frame of a prompt: a known name, or its texts.</summary>
internal sealed class FrameForm(Section<PromptFrame> frame) : Form<PromptFrame>
{
    public override string Words => $"{string.Join(", ", PromptFrames.Known.Keys)}, or a map with before and after";

    public override IEnumerable<Section> Sections => [frame];

    public override JsonObject Schema(JsonObject definitions) => new()
    {
        ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = new JsonArray([.. PromptFrames.Known.Keys.Select(known => (JsonNode)known)]) }, frame.Form.Schema(definitions)),
    };

    public override bool TryRead(Node node, string name, ReadContext context, out PromptFrame value)
    {
        value = null!;
        if (node is MapNode map)
            return (value = frame.Build(map, context)!) is not null;
        if (node is not ScalarNode { IsEmpty: false } scalar)
            return Refuse(node, name, context);
        if (!PromptFrames.Known.TryGetValue(scalar.Text, out value!))
        {
            context.Problems.Add(node.At, $"there is no frame '{scalar.Text}'", Suggestions.Remedy(scalar.Text, [.. PromptFrames.Known.Keys], "write a map with before and after; known are"));
            return false;
        }

        return true;
    }
}

/// <summary>Any map, kept as JSON.</summary>
internal sealed class JsonForm : Form<JsonObject>
{
    public override string Words => "a map";

    public override JsonObject Schema(JsonObject definitions) => new() { ["type"] = "object" };

    public override bool TryRead(Node node, string name, ReadContext context, out JsonObject value)
    {
        value = ToJson(node) as JsonObject ?? [];
        return node is MapNode || Refuse(node, name, context);
    }

    private static JsonNode? ToJson(Node node) => node switch
    {
        MapNode map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, ToJson(entry.Value)))),
        ListNode list => new JsonArray([.. list.Items.Select(ToJson)]),
        ScalarNode { IsEmpty: true } => null,
        ScalarNode { IsQuoted: false, Text: var text } when IsJson(text) => JsonNode.Parse(text),
        ScalarNode scalar => scalar.Text,
        _ => null,
    };

    private static bool IsJson(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonValue;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
