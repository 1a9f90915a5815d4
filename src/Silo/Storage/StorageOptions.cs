namespace Nola.Silo.Storage;

/// <summary>Where grain state is kept, as a user writes it: <c>memory</c>, <c>sqlite:PATH</c> or <c>redis://HOST[:PORT]</c>.</summary>
public sealed record StorageOptions(StorageKind Kind, string Location)
{
    /// <summary>Reads a storage address. Throws <see cref="FormatException"/> with the forms that exist.</summary>
    public static StorageOptions Parse(string text) => text switch
    {
        "memory" => new(StorageKind.Memory, ""),
        _ when text.StartsWith("sqlite:", StringComparison.Ordinal) && text.Length > 7 => new(StorageKind.Sqlite, Path.GetFullPath(text[7..])),
        _ when Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == "redis" && address.Host.Length > 0 =>
            new(StorageKind.Redis, $"{address.Host}:{(address.Port > 0 ? address.Port : 6379)}"),
        _ => throw new FormatException("that is no storage address; write memory, sqlite:PATH or redis://HOST:PORT."),
    };
}

/// <summary>Kinds of storage.</summary>
public enum StorageKind
{
    /// <summary>Gone with the process; for tests.</summary>
    Memory,

    /// <summary>One file, for one silo.</summary>
    Sqlite,

    /// <summary>A Redis server, for clusters.</summary>
    Redis,
}
