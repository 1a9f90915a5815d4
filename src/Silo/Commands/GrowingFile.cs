namespace Nola.Silo.Commands;

/// <summary>A file that a program will write to. What is in it when this is made is an earlier attempt's, and was read then.</summary>
/// <remarks>Made before the program starts: a fast one has written before anybody looks.</remarks>
internal sealed class GrowingFile(string path)
{
    private long at = File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>Reads what the file gets, until there is enough, and then once more.</summary>
    public async Task Follow(OutputLines lines, TimeSpan period, TimeProvider time, CancellationToken enough)
    {
        bool isLast;
        do
        {
            isLast = enough.IsCancellationRequested;
            if (File.Exists(path))
            {
                await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                // Whoever writes it anew begins at its beginning.
                stream.Position = stream.Length < at ? 0 : at;
                await lines.ReadOn(stream);
                at = stream.Position;
            }

            if (!isLast)
                await Task.Delay(period, time, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!isLast);
        await lines.End();
    }
}
