using Nola.Data.Downloads;

namespace Nola.Data.Catalogue;

/// <summary>Brings known datasets here: from their origin, or from a mirror folder. What is here and right is not brought again.</summary>
/// <param name="downloader">Brings the files.</param>
public sealed class DataPull(Downloader downloader)
{
    /// <summary>What helps when an origin fails.</summary>
    public const string Remedy = "use --from with a mirror";

    /// <summary>Makes sure that all files of a dataset are below <paramref name="toFolder"/> with the right checksums.</summary>
    /// <param name="dataset">What to bring.</param>
    /// <param name="fromDirectory">A mirror with the files in <c>FOLDER/NAME</c> or <c>NAME</c>; null for the origin.</param>
    /// <param name="toFolder">The data folder.</param>
    /// <param name="progress">Told of every file and, while it is transferred, its bytes; null for nobody.</param>
    /// <param name="cancel">Ends the transfer; what is there stays.</param>
    /// <returns>The folder of the dataset's files.</returns>
    /// <exception cref="DownloadException">A file could not be brought; the message says which, why and what helps.</exception>
    public async Task<string> Pull(KnownDataset dataset, string? fromDirectory, string toFolder, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        var folder = Path.Combine(toFolder, dataset.Folder);
        Directory.CreateDirectory(folder);
        foreach (var file in dataset.Files)
        {
            var origin = fromDirectory is null ? file.Origin : new Uri(Path.GetFullPath(FindIn(fromDirectory, dataset, file)));
            await downloader.Bring(new(file.Name, origin, file.Checksum), Path.Combine(folder, file.Name), progress, cancel);
        }

        return folder;
    }

    private static string FindIn(string mirror, KnownDataset dataset, KnownFile file) =>
        new[] { Path.Combine(mirror, dataset.Folder, file.Name), Path.Combine(mirror, file.Name) }.FirstOrDefault(File.Exists)
            ?? throw new DownloadException($"{mirror} has neither {dataset.Folder}/{file.Name} nor {file.Name}; name a folder that holds the files of {dataset.Name}");
}
