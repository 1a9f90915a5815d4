using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Nola.Data.Downloads;

/// <summary>Brings files here. A file appears whole and right or not at all; what a broken transfer left goes on from there, in this call and in the next.</summary>
/// <param name="http">Sends the requests; its timeout bounds the wait for an answer's head.</param>
/// <param name="time">Clock of pauses and of the wait for bytes.</param>
public sealed class Downloader(HttpClient http, TimeProvider time)
{
    /// <summary>Longest wait for the next bytes of a transfer. Default: 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause after the first broken transfer; doubled after each further one. Default: 1 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What else helps when the origin fails, said at the end of errors; null for nothing. Default: null.</summary>
    public string? Remedy { get; init; }

    /// <summary>Makes sure that a file is here with the right checksum.</summary>
    /// <param name="file">What to bring.</param>
    /// <param name="target">Path of the file; beside it, <c>.part</c> holds what has come so far.</param>
    /// <param name="progress">Told of the file and, while it is transferred, its bytes; null for nobody.</param>
    /// <param name="cancel">Ends the transfer; what is there stays.</param>
    /// <exception cref="DownloadException">It could not be brought.</exception>
    public async Task Bring(RemoteFile file, string target, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        if (File.Exists(target) && await Fits(file, target, cancel))
        {
            progress?.Report(new(file.Name, new FileInfo(target).Length, null, DownloadState.AlreadyHere));
            return;
        }

        var part = target + ".part";
        if (file.Origin.IsFile)
            File.Copy(file.Origin.LocalPath, part, overwrite: true);
        else
            await Download(file, part, progress, cancel);
        if (!await Fits(file, part, cancel))
        {
            var length = new FileInfo(part).Length;
            File.Delete(part);
            throw new DownloadException(string.Create(
                CultureInfo.InvariantCulture,
                $"{(file.Origin.IsFile ? file.Origin.LocalPath : file.Origin)}: {file.Name} ({length} bytes) has not the expected checksum {file.Checksum!.Value[..12]}…; it was changed or damaged on the way, and nothing of it was kept"));
        }

        File.Move(part, target, overwrite: true);
        progress?.Report(new(file.Name, new FileInfo(target).Length, null, DownloadState.Done));
    }

    private static async Task<bool> Fits(RemoteFile file, string path, CancellationToken cancel) => file.Checksum is null || await file.Checksum.Fits(path, cancel);

    private async Task Download(RemoteFile file, string part, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        try
        {
            await Retries.Create(time, Pause, () => progress?.Report(new(file.Name, LengthOf(part), null, DownloadState.Broken)))
                .ExecuteAsync(async stop => await Transfer(file, part, progress, stop), cancel);
        }
        catch (Exception fault) when (Retries.IsPassing(fault) && !cancel.IsCancellationRequested)
        {
            var message = string.Create(CultureInfo.InvariantCulture, $"{file.Origin}: the transfer broke {Retries.Tries} times, {LengthOf(part)} bytes are here ({fault.Message}); run the command again to go on from there");
            throw new DownloadException(Remedy is null ? message : $"{message}, or {Remedy}", fault) { IsPassing = true };
        }
    }

    private async Task Transfer(RemoteFile file, string part, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        var here = LengthOf(part);
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Origin);
        if (here > 0)
            request.Headers.Range = new RangeHeaderValue(here, null);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // All of it is here already, or more than there is: the checksum tells, and a wrong one starts anew.
            if (answer.Content.Headers.ContentRange?.Length == here)
                return;
            File.Delete(part);
            throw new IOException("the file at the origin is shorter than what is here");
        }

        Retries.RefusePassing(answer);
        if (!answer.IsSuccessStatusCode)
            throw new DownloadException($"{file.Origin}: the server answers {Retries.StatusOf(answer)}{(Remedy is null ? "" : $"; {Remedy}")}");

        // A server that ignores the range sends the file from its beginning.
        var isContinued = answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == here;
        var start = isContinued ? here : 0;
        var total = start + answer.Content.Headers.ContentLength;
        await using var bytes = await answer.Content.ReadAsStreamAsync(cancel);
        await using var target = new FileStream(part, isContinued ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await Copy(bytes, target, copied => progress?.Report(new(file.Name, start + copied, total, DownloadState.Transferring)), cancel);
        if (total is { } expected && target.Length != expected)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{target.Length} of {expected} bytes came"));
    }

    private async Task Copy(Stream from, Stream to, Action<long> tell, CancellationToken cancel)
    {
        var buffer = new byte[1 << 16];
        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        for (long copied = 0; ;)
        {
            int read;
            silence.CancelAfter(Patience);
            try
            {
                read = await from.ReadAsync(buffer, either.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"no bytes came for {Patience.TotalSeconds:0.#} s"));
            }

            if (read == 0)
                return;
            await to.WriteAsync(buffer.AsMemory(0, read), cancel);
            tell(copied += read);
        }
    }

    private static long LengthOf(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;
}
