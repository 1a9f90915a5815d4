using System.Text.Json.Nodes;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>How a value is written: the one definition behind reading, messages, the JSON Schema and the reference page.</summary>
internal abstract class Form
{
    /// <summary>The values it takes, as a noun: "an integer from 1 to 4096".</summary>
    public abstract string Words { get; }

    /// <summary>Sections whose keys may stand inside the value.</summary>
    public virtual IEnumerable<Section> Sections => [];

    /// <summary>The form as JSON Schema.</summary>
    /// <param name="definitions">Where sections put their own schemas.</param>
    public abstract JsonObject Schema(JsonObject definitions);
}

/// <summary>How a value of type <typeparamref name="T"/> is written.</summary>
internal abstract class Form<T> : Form
{
    /// <summary>Reads a value. Whatever is wrong is added to the problems; false when there is no value to go on with.</summary>
    /// <param name="node">What stands in the file.</param>
    /// <param name="name">The key or thing that the value belongs to, for messages.</param>
    /// <param name="context">Problems and paths.</param>
    /// <param name="value">The value.</param>
    public abstract bool TryRead(Node node, string name, ReadContext context, out T value);

    /// <summary>Says that the node is not of this form.</summary>
    protected bool Refuse(Node node, string name, ReadContext context, string? remedy = null)
    {
        context.Problems.Add(node.At, $"{name} is {node.Words}, but must be {Words}", remedy);
        return false;
    }
}
