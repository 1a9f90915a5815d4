using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>A single value: its words, how its text is parsed, and its schema.</summary>
/// <param name="words">The values it takes, as a noun.</param>
/// <param name="parse">The value of a text; false when the text is none.</param>
/// <param name="schema">Its JSON Schema, as JSON text.</param>
/// <param name="remedy">What to write instead of a wrong value; null when the words say it.</param>
/// <param name="takesQuoted">Whether a quoted text may be a value.</param>
internal sealed class ScalarForm<T>(string words, ScalarForm<T>.Parser parse, JsonObject schema, string? remedy = null, bool takesQuoted = false) : Form<T>
{
    /// <summary>Parses the text of a value.</summary>
    public delegate bool Parser(string text, out T value);

    public override string Words => words;

    public override JsonObject Schema(JsonObject definitions) => (JsonObject)schema.DeepClone();

    public override bool TryRead(Node node, string name, ReadContext context, out T value)
    {
        value = default!;
        if (node is ScalarNode { IsEmpty: false } scalar && (takesQuoted || !scalar.IsQuoted) && parse(scalar.Text, out value))
            return true;
        var isQuotedValue = node is ScalarNode { IsQuoted: true } quoted && parse(quoted.Text, out _);
        return Refuse(node, name, context, node is ListNode ? "a list is no axis here" : isQuotedValue ? "remove the quotes" : remedy);
    }
}
