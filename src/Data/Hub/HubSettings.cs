namespace Nola.Data.Hub;

/// <summary>Where the hub is and where its models are kept.</summary>
public sealed class HubSettings
{
    /// <summary>Address of the hub, or of a mirror that speaks its API. Default: https://huggingface.co/.</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co/");

    /// <summary>Folder of the models that were brought.</summary>
    public required string Cache { get; init; }

    /// <summary>Whether only what is in <see cref="Cache"/> may be used. Default: false.</summary>
    public bool IsOffline { get; init; }

    /// <summary>The user's token for private and gated models; null for none. It is sent to <see cref="Endpoint"/> and to nobody else.</summary>
    internal string? Token { get; init; }

    /// <summary>
    /// What the environment says: HF_ENDPOINT, HF_HUB_OFFLINE, HF_TOKEN or the file <c>token</c> in HF_HOME (default: <c>~/.cache/huggingface</c>),
    /// and NOLA_CACHE (default: <c>~/.cache/nola</c>), below which models lie in <c>hub</c>.
    /// </summary>
    /// <param name="variable">Value of a variable; null for this process's own.</param>
    /// <exception cref="FormatException">HF_ENDPOINT is no address.</exception>
    public static HubSettings FromEnvironment(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        var caches = Path.Combine(Value("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var endpoint = Value("HF_ENDPOINT") ?? "https://huggingface.co";
        if (!Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new FormatException($"HF_ENDPOINT is '{endpoint}', which is no address; write one like https://huggingface.co");
        return new()
        {
            Endpoint = address,
            Cache = Path.GetFullPath(Path.Combine(Value("NOLA_CACHE") ?? Path.Combine(caches, "nola"), "hub")),
            IsOffline = Value("HF_HUB_OFFLINE") is "1" or "true" or "TRUE" or "yes" or "YES" or "on" or "ON",
            Token = Value("HF_TOKEN") ?? ReadToken(Path.Combine(Value("HF_HOME") ?? Path.Combine(caches, "huggingface"), "token")),
        };

        string? Value(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

    private static string? ReadToken(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // as for whoever never logged in
        }
    }
}
