namespace Nola.Client.Specs.Yaml;

/// <summary>A value of a YAML file with its place.</summary>
internal abstract record Node(Mark At)
{
    /// <summary>What it is, in a sentence.</summary>
    public abstract string Words { get; }
}

/// <summary>A single value as it is written.</summary>
/// <param name="At">Where it begins.</param>
/// <param name="Text">Its characters.</param>
/// <param name="IsQuoted">Whether quotes make it a text whatever it looks like.</param>
internal sealed record ScalarNode(Mark At, string Text, bool IsQuoted) : Node(At)
{
    /// <summary>Whether nothing stands there.</summary>
    public bool IsEmpty => !IsQuoted && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Words => IsEmpty ? "empty" : $"'{Text}'";
}

/// <summary>A list.</summary>
internal sealed record ListNode(Mark At, ImmutableArray<Node> Items) : Node(At)
{
    public override string Words => "a list";
}

/// <summary>Keys with values, in order; keys may be repeated, which the reader reports.</summary>
internal sealed record MapNode(Mark At, ImmutableArray<Entry> Entries) : Node(At)
{
    public override string Words => "a map";
}

/// <summary>One key with its value.</summary>
internal sealed record Entry(ScalarNode Key, Node Value);
