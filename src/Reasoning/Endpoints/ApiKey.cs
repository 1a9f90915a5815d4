namespace Nola.Reasoning.Endpoints;

/// <summary>A secret that is sent to an endpoint and shown nowhere else.</summary>
public sealed class ApiKey
{
    private readonly string value;

    private ApiKey(string value) => this.value = value;

    /// <summary>Reads a key from <c>env:NAME</c> or <c>file:PATH</c>; surrounding blanks are dropped.</summary>
    /// <exception cref="ArgumentException">The source is of another form, or there is no key; the message never holds a key.</exception>
    public static ApiKey Read(string source)
    {
        var (kind, name) = source.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? (source[..colon], source[(colon + 1)..]) : ("", "");
        var text = kind switch
        {
            "env" => Environment.GetEnvironmentVariable(name) ?? throw new ArgumentException($"The environment variable {name}, named by a key, is not set.", nameof(source)),
            "file" => File.Exists(name) ? File.ReadAllText(name) : throw new ArgumentException($"There is no file {name}, named by a key.", nameof(source)),
            // What stands here instead may be the key itself.
            _ => throw new ArgumentException("A key must be env:NAME or file:PATH, so that it stands in no spec.", nameof(source)),
        };
        return text.Trim() is { Length: > 0 } key ? new(key) : throw new ArgumentException($"The key from {source} is empty.", nameof(source));
    }

    /// <summary>For the request alone.</summary>
    internal string Reveal() => value;

    /// <summary>The text with the key in it made unreadable.</summary>
    internal string Hide(string text) => text.Replace(value, "***", StringComparison.Ordinal);

    /// <summary>Never the key.</summary>
    public override string ToString() => "***";
}
