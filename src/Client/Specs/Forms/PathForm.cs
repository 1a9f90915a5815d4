using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>The path of a file or folder, relative to the spec file.</summary>
/// <param name="words">What it is the path of.</param>
internal sealed class PathForm(string words) : Form<PlacedPath>
{
    public override string Words => words;

    public override JsonObject Schema(JsonObject definitions) => new() { ["type"] = "string" };

    public override bool TryRead(Node node, string name, ReadContext context, out PlacedPath value)
    {
        value = null!;
        if (node is not ScalarNode { IsEmpty: false, Text: { Length: > 0 } typed })
            return Refuse(node, name, context);
        value = new(typed, context.PathOf(typed), node.At);
        return true;
    }
}

/// <summary>A path as typed, in full, and where it stands.</summary>
internal sealed record PlacedPath(string Typed, string Full, Mark At);
