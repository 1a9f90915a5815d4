namespace Nola.Data.Downloads;

/// <summary>How far a file is.</summary>
/// <param name="File">Its name.</param>
/// <param name="Bytes">What of it is here.</param>
/// <param name="Total">Its size; null when not known.</param>
/// <param name="State">What happens to it.</param>
public sealed record DownloadProgress(string File, long Bytes, long? Total, DownloadState State);

/// <summary>States of a file that is brought.</summary>
public enum DownloadState
{
    Transferring,

    /// <summary>The transfer broke and is tried again.</summary>
    Broken,
    Done,

    /// <summary>It was here, with the right checksum.</summary>
    AlreadyHere,

    /// <summary>Another process brings it.</summary>
    Waiting,
}
