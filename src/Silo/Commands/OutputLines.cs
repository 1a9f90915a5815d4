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
            await ReadOn(pipe);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // It was closed under us: somebody outside still held its other end.
        }

        await End();
    }

    /// <summary>Reads what there is; a line whose end is not there yet stays open.</summary>
    public async Task ReadOn(Stream stream)
    {
        while (await ReadSome(stream) > 0)
        {
        }
    }

    /// <summary>There will be nothing more: a line that is open counts.</summary>
    public async Task End()
    {
        if (open.Length > 0)
            await line(Take());
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

    private string Take()
    {
        var text = Encoding.UTF8.GetString(open.GetBuffer(), 0, (int)open.Length).TrimEnd('\r');
        open.SetLength(0);
        return text;
    }
}
