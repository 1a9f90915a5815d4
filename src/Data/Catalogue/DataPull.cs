using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Nola.Data.Catalogue;

/// <summary>Brings known datasets here: from their origin, or from a mirror folder. What is here and right is not brought again.</summary>
/// <param name="http">Client for the origins; its timeout bounds the wait for an answer's head.</param>
/// <param name="time">Clock of pauses and of the wait for bytes.</param>
public sealed class DataPull(HttpClient http, TimeProvider time)
{
    private const int Tries = 4;

    /// <summary>Longest wait for the next bytes of a transfer. Default: 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause after the first broken transfer; doubled after each further one. Default: 1 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes sure that all files of a dataset are below <paramref name="toFolder"/> with the right checksums. A file appears whole or not at all;
    /// what a broken transfer left goes on from there, in this call and in the next.
    /// </summary>
    /// <param name="dataset">What to bring.</param>
    /// <param name="fromDirectory">A mirror with the files in <c>FOLDER/NAME</c> or <c>NAME</c>; null for the origin.</param>
    /// <param name="toFolder">The data folder.</param>
    /// <param name="progress">Told of every file and, while it is transferred, its bytes; null for nobody.</param>
    /// <param name="cancel">Ends the transfer; what is there stays.</param>
    /// <returns>The folder of the dataset's files.</returns>
    /// <exception cref="PullException">A file could not be brought; the message says which, why and what helps.</exception>
    public async Task<string> Pull(KnownDataset dataset, string? fromDirectory, string toFolder, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        var folder = Path.Combine(toFolder, dataset.Folder);
        Directory.CreateDirectory(folder);
        foreach (var file in dataset.Files)
        {
            var target = Path.Combine(folder, file.Name);
            if (File.Exists(target) && await file.Checksum.Fits(target, cancel))
            {
                progress?.Report(new(file.Name, new FileInfo(target).Length, null, PullState.AlreadyHere));
                continue;
            }

            var part = target + ".part";
            if (fromDirectory is not null)
                File.Copy(FindIn(fromDirectory, dataset, file), part, overwrite: true);
            else
                await Download(file, part, progress, cancel);
            if (!await file.Checksum.Fits(part, cancel))
            {
                var length = new FileInfo(part).Length;
                File.Delete(part);
                throw new PullException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fromDirectory ?? file.Origin.ToString()}: {file.Name} ({length} bytes) has not the expected checksum {file.Checksum.Value[..12]}…; it was changed or damaged on the way, and nothing of it was kept"));
            }

            File.Move(part, target, overwrite: true);
            progress?.Report(new(file.Name, new FileInfo(target).Length, null, PullState.Done));
        }

        return folder;
    }

    private static string FindIn(string mirror, KnownDataset dataset, KnownFile file) =>
        new[] { Path.Combine(mirror, dataset.Folder, file.Name), Path.Combine(mirror, file.Name) }.FirstOrDefault(File.Exists)
            ?? throw new PullException($"{mirror} has neither {dataset.Folder}/{file.Name} nor {file.Name}; name a folder that holds the files of {dataset.Name}");

    private async Task Download(KnownFile file, string part, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Transfer(file, part, progress, cancel);
                return;
            }
            catch (Exception fault) when (IsPassing(fault) && !cancel.IsCancellationRequested)
            {
                var here = File.Exists(part) ? new FileInfo(part).Length : 0;
                if (attempt == Tries)
                    throw new PullException(string.Create(CultureInfo.InvariantCulture, $"{file.Origin}: the transfer broke {Tries} times, {here} bytes are here ({fault.Message}); run the command again to go on from there, or use --from with a mirror"), fault);
                progress?.Report(new(file.Name, here, null, PullState.Broken));
                await Task.Delay(Pause * Math.Pow(2, attempt - 1), time, cancel);
            }
        }
    }

    private async Task Transfer(KnownFile file, string part, IProgress<PullProgress>? progress, CancellationToken cancel)
    {
        var here = File.Exists(part) ? new FileInfo(part).Length : 0;
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

        if (!answer.IsSuccessStatusCode)
        {
            var status = string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {answer.ReasonPhrase}");
            throw (int)answer.StatusCode >= 500 || answer.StatusCode == HttpStatusCode.TooManyRequests
                ? new IOException($"the server answers {status}")
                : new PullException($"{file.Origin}: the server answers {status}; use --from with a mirror");
        }

        // A server that ignores the range sends the file from its beginning.
        var isContinued = answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == here;
        var start = isContinued ? here : 0;
        var total = start + answer.Content.Headers.ContentLength;
        await using var bytes = await answer.Content.ReadAsStreamAsync(cancel);
        await using var target = new FileStream(part, isContinued ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await Copy(bytes, target, copied => progress?.Report(new(file.Name, start + copied, total, PullState.Transferring)), cancel);
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

    // A transfer that may succeed when tried again.
    private static bool IsPassing(Exception fault) => fault is HttpRequestException or IOException or OperationCanceledException;
}

/// <summary>A dataset could not be brought here; the message says why and what helps.</summary>
public sealed class PullException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>How far a file is.</summary>
/// <param name="File">Its name.</param>
/// <param name="Bytes">What of it is here.</param>
/// <param name="Total">Its size; null when not known.</param>
/// <param name="State">What happens to it.</param>
public sealed record PullProgress(string File, long Bytes, long? Total, PullState State);

/// <summary>States of a file that is brought.</summary>
public enum PullState
{
    Transferring,

    /// <summary>The transfer broke and is tried again.</summary>
    Broken,
    Done,

    /// <summary>It was here, with the right checksum.</summary>
    AlreadyHere,
}
