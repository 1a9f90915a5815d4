using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nola.Client.Specs;

/// <summary>The JSON Schema (2020-12) of spec files, for editors.</summary>
public static class SpecSchema
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema as indented JSON, ending in a line feed.</summary>
    public static string Print()
    {
        var definitions = new JsonObject();
        var root = SpecKeys.Root.Schema(definitions);
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "Nola experiment" };
        foreach (var (key, value) in root.ToArray())
        {
            root.Remove(key);
            schema[key] = value;
        }

        schema["$defs"] = definitions;
        return schema.ToJsonString(Layout) + "\n";
    }
}
