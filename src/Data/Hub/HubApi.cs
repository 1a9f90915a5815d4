using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nola.Data.Downloads;

namespace Nola.Data.Hub;

/// <summary>What Nola asks the hub: which files a revision has, and what the bytes of one must give.</summary>
internal sealed partial class HubApi(HttpClient http, HubSettings settings, TimeProvider time, TimeSpan pause)
{
    /// <summary>The commit that a revision names now, and its files' names.</summary>
    /// <exception cref="DownloadException">The hub does not tell.</exception>
    public async Task<HubListing> List(HubReference reference, CancellationToken cancel)
    {
        var address = new Uri(settings.Endpoint, $"api/models/{reference.Repository}/revision/{Uri.EscapeDataString(reference.Revision ?? "main")}");
        var body = await Ask(HttpMethod.Get, address, reference, null, (answer, stop) => answer.Content.ReadAsStringAsync(stop), cancel);
        try
        {
            using var json = JsonDocument.Parse(body);
            var commit = json.RootElement.GetProperty("sha").GetString();
            if ((reference with { Revision = commit }).Commit is null)
                throw new FormatException();
            return new(commit!, [.. json.RootElement.GetProperty("siblings").EnumerateArray().Select(file => file.GetProperty("rfilename").GetString()!)]);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DownloadException($"{address}: this is no answer of a Hugging Face hub; is HF_ENDPOINT right?", fault);
        }
    }

    /// <summary>Where a file of a commit is, with its checksum: SHA-256 of a large one, git's name of the content of a small one.</summary>
    /// <exception cref="DownloadException">The hub does not tell.</exception>
    public async Task<RemoteFile> Describe(HubReference reference, string commit, string file, CancellationToken cancel)
    {
        var address = new Uri(settings.Endpoint, $"{reference.Repository}/resolve/{commit}/{Uri.EscapeDataString(file)}");
        var tag = await Ask(HttpMethod.Head, address, reference, file, (answer, _) => Task.FromResult(Header(answer, "X-Linked-Etag") ?? answer.Headers.ETag?.Tag), cancel);
        var sum = tag?.Trim('"') ?? "";
        return new(file, address, Sums().IsMatch(sum) ? new(sum.Length == 64 ? ChecksumKind.Sha256 : ChecksumKind.GitBlob, sum) : null);
    }

    private async Task<T> Ask<T>(HttpMethod method, Uri address, HubReference reference, string? file, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        try
        {
            return await Retries.Create(time, pause).ExecuteAsync(
                async stop =>
                {
                    using var request = new HttpRequestMessage(method, address);
                    using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
                    Retries.RefusePassing(answer);
                    return (int)answer.StatusCode < 400 ? await read(answer, stop) : throw Refusal(answer, reference, file);
                },
                cancel);
        }
        catch (Exception fault) when (Retries.IsPassing(fault) && !cancel.IsCancellationRequested)
        {
            throw new DownloadException($"{reference}: {settings.Endpoint.Authority} cannot be reached ({fault.Message}); try again, or name a folder with the model", fault) { IsPassing = true };
        }
    }

    // The hub says in a header what it means; to strangers, a model that they may not see does not exist.
    private DownloadException Refusal(HttpResponseMessage answer, HubReference reference, string? file)
    {
        var page = new Uri(settings.Endpoint, reference.Repository);
        var hasToken = settings.Token is not null;
        return new(Header(answer, "X-Error-Code") switch
        {
            "GatedRepo" => $"{reference}: the model is gated; " + (hasToken
                ? $"the account of your token has no access to it: ask for it on {page}"
                : $"ask for access on {page}, then put a token of that account into HF_TOKEN"),
            "RevisionNotFound" => $"{reference}: the model has no revision '{reference.Revision ?? "main"}'; {page}/commits/main lists them",
            "EntryNotFound" => $"{reference}: there is no file {file}",
            _ when answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => hasToken
                ? $"{reference}: the hub does not let your token see this model ({Retries.StatusOf(answer)}); check the name, and the token in HF_TOKEN or ~/.cache/huggingface/token"
                : $"{reference}: there is no such model, or it is private; check the name, and for a private one put a token into HF_TOKEN",
            _ when answer.StatusCode == HttpStatusCode.NotFound => $"{reference}: there is no such model on {settings.Endpoint.Authority}; check the name",
            _ => $"{reference}: the hub answers {Retries.StatusOf(answer)}",
        });
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    [GeneratedRegex("^([0-9a-f]{40}|[0-9a-f]{64})$")]
    private static partial Regex Sums();
}

/// <summary>A revision of a model on the hub.</summary>
/// <param name="Commit">Its commit, 40 hexadecimal digits.</param>
/// <param name="Files">Names of its files.</param>
internal sealed record HubListing(string Commit, ImmutableArray<string> Files);
