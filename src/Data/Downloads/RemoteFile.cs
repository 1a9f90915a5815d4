namespace Nola.Data.Downloads;

/// <summary>A file somewhere else.</summary>
/// <param name="Name">As progress and errors call it.</param>
/// <param name="Origin">Where it is: http, https, or file for one that is copied.</param>
/// <param name="Checksum">What its bytes must give; null when not known.</param>
public sealed record RemoteFile(string Name, Uri Origin, Checksum? Checksum);
