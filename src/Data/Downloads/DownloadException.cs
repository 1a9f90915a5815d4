namespace Nola.Data.Downloads;

/// <summary>Something could not be brought here; the message says what, why and what helps.</summary>
public sealed class DownloadException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether the same may succeed later: the connection broke, or the server had a fault. Default: false.</summary>
    public bool IsPassing { get; init; }
}
