namespace Nola.Client.Specs.Forms;

/// <summary>A key of a section; within a section its name tells it apart.</summary>
internal abstract class Key(string name, string summary, string? defaultText) : IEquatable<Key>
{
    /// <summary>As it stands in the file.</summary>
    public string Name => name;

    /// <summary>One sentence for the reference page and for editors.</summary>
    public string Summary => summary;

    /// <summary>What holds without the key, in words; null for required keys and for those whose absence means "none".</summary>
    public string? Default => defaultText;

    /// <summary>Whether a section without it is a problem.</summary>
    public bool IsRequired { get; init; }

    /// <summary>How its value is written.</summary>
    public abstract Form Form { get; }

    /// <summary>Reads the value; boxed, or null after a problem was added.</summary>
    public abstract object? Read(Yaml.Node node, ReadContext context);

    /// <summary>The same key in a place where another default holds.</summary>
    public abstract Key WithDefault(string text);

    public bool Equals(Key? other) => other is not null && other.Name == Name;

    public override bool Equals(object? obj) => Equals(obj as Key);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

/// <summary>A key whose value has the type <typeparamref name="T"/>.</summary>
internal sealed class Key<T>(string name, Form<T> form, string summary, string? defaultText = null) : Key(name, summary, defaultText)
{
    public override Form<T> Form => form;

    public override object? Read(Yaml.Node node, ReadContext context) => form.TryRead(node, Name, context, out var value) ? value : null;

    public override Key WithDefault(string text) => new Key<T>(Name, form, Summary, text) { IsRequired = IsRequired };
}
