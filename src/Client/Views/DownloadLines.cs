using System.Globalization;
using Nola.Data.Downloads;

namespace Nola.Client.Views;

/// <summary>Downloads on standard error: a line when a file begins, breaks and is done, and of large files one for each tenth.</summary>
/// <param name="terminal">Where to.</param>
internal sealed class DownloadLines(Terminal terminal) : IProgress<DownloadProgress>
{
    private const long Large = 32 << 20;
    private const double Megabyte = 1e6;

    private (string File, DownloadState State, long Tenth) last;

    public void Report(DownloadProgress value)
    {
        var tenth = value is { State: DownloadState.Transferring, Total: >= Large and var total } ? 10 * value.Bytes / total : 0;
        if (last == (value.File, value.State, tenth))
            return;
        last = (value.File, value.State, tenth);
        terminal.Note(value.State switch
        {
            DownloadState.Transferring when tenth > 0 => string.Create(CultureInfo.InvariantCulture, $"{value.File} {10 * tenth} % of {value.Total / Megabyte:0} MB"),
            DownloadState.Transferring => $"{value.File} …",
            DownloadState.Broken => string.Create(CultureInfo.InvariantCulture, $"{value.File}: the transfer broke after {value.Bytes} bytes and is tried again"),
            DownloadState.AlreadyHere => $"{value.File} is here already",
            DownloadState.Waiting => $"{value.File}: another process downloads it; waiting",
            _ => string.Create(CultureInfo.InvariantCulture, $"{value.File} done, {value.Bytes} bytes"),
        });
    }
}
