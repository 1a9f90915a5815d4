using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>One of a few names.</summary>
/// <param name="kind">What the names name: "task".</param>
/// <param name="choices">The names in order, each with its value.</param>
internal sealed class ChoiceForm<T>(string kind, params (string Name, T Value)[] choices) : Form<T>
{
    private readonly string[] names = [.. choices.Select(choice => choice.Name)];

    public override string Words => $"one of {string.Join(", ", names)}";

    public override JsonObject Schema(JsonObject definitions) => new() { ["enum"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) };

    public override bool TryRead(Node node, string name, ReadContext context, out T value)
    {
        value = default!;
        if (node is not ScalarNode { IsEmpty: false } scalar)
            return Refuse(node, name, context);
        var index = Array.IndexOf(names, scalar.Text);
        if (index < 0)
        {
            context.Problems.Add(node.At, $"there is no {kind} '{scalar.Text}'", Suggestions.Remedy(scalar.Text, names));
            return false;
        }

        value = choices[index].Value;
        return true;
    }
}
