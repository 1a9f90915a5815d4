using System.Text;

namespace Nola.Silo.Commands;

/// <summary>Lines out of the bytes that a program writes, whatever it writes.</summary>
/// <param name="heard">Called whenever anything arrives, also in the middle of a line.</param>
/// <param name="line">Takes a line.</param>
internal sealed class OutputLines(Action heard, Func<string, ValueTask> line)
{
    /// <summary>Longest line in bytes; what is longer is cut there.</summary>
    public const int Longest = 1 << 16;

    private readonly byte[] buffer = new byte[8192];
    private readonly MemoryStream open = new();

    /// <summary>Reads a pipe until it ends; a line that is cut off there counts.</summary>
    public async Task ReadToEnd(Stream pipe)
    {
        try
        {
            while (await ReadSome(pipe) > 0)
            {
            }
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // It was closed under us: somebody outside still held its other end.
        }

        await End();
    }

    /// <summary>Reads what a file has got since the last time, until it is told to stop, and then once more.</summary>
    public async Task Follow(string file, TimeSpan period, TimeProvider time, CancellationToken enough)
    {
        // What an earlier attempt wrote was read then.
        var at = File.Exists(file) ? new FileInfo(file).Length : 0;
        bool isLast;
        do
        {
            isLast = enough.IsCancellationRequested;
            if (File.Exists(file))
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                // Whoever writes it anew begins at its beginning.
                stream.Position = stream.Length < at ? 0 : at;
                while (await ReadSome(stream) > 0)
                {
                }

                at = stream.Position;
            }

            if (!isLast)
                await Task.Delay(period, time, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!isLast);
        await End();
    }

    private async Task<int> ReadSome(Stream stream)
    {
        var count = await stream.ReadAsync(buffer);
        if (count > 0)
            heard();
        for (var at = 0; at < count;)
        {
            var end = Array.IndexOf(buffer, (byte)'\n', at, count - at);
            var stop = end < 0 ? count : end;
            open.Write(buffer, at, Math.Min(stop - at, Longest - (int)open.Length));
            at = stop + 1;
            if (end >= 0)
                await line(Take());
        }

        return count;
    }

    private async Task End()
    {
        if (open.Length > 0)
            await line(Take());
    }

    private string Take()
    {
        var text = Encoding.UTF8.GetString(open.GetBuffer(), 0, (int)open.Length).TrimEnd('\r');
        open.SetLength(0);
        return text;
    }
}
