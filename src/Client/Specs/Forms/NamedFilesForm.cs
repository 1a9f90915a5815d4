using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>A map from names to the paths of files.</summary>
internal sealed class NamedFilesForm : Form<ImmutableArray<NamedFiles>>
{
    private static readonly ManyForm<PlacedPath> Files = new(new PathForm("the path of a file"), path => path.Full);

    public override string Words => "a map from names to the paths of files";

    public override JsonObject Schema(JsonObject definitions) => new() { ["type"] = "object", ["minProperties"] = 1, ["additionalProperties"] = Files.Schema(definitions) };

    public override bool TryRead(Node node, string name, ReadContext context, out ImmutableArray<NamedFiles> value)
    {
        value = [];
        if (node is not MapNode { Entries.IsEmpty: false } map)
            return Refuse(node, name, context, $"write {name}: {{ english: english.txt }}");
        var found = ImmutableArray.CreateBuilder<NamedFiles>();
        foreach (var (key, files) in map.Entries)
        {
            if (!key.Text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
                context.Problems.Add(key.At, $"{name} has the name '{key.Text}', but its names become part of a metric's", "use letters, digits and hyphens");
            else if (found.Any(other => other.Name == key.Text))
                context.Problems.Add(key.At, $"the name '{key.Text}' stands here a second time", "remove one of them");
            else if (Files.TryRead(files, key.Text, context, out var paths))
                found.Add(new(key.Text, paths));
        }

        value = found.ToImmutable();
        return value.Length > 0;
    }
}

/// <summary>Files under a name.</summary>
internal sealed record NamedFiles(string Name, ImmutableArray<PlacedPath> Files);
