using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nola.Testing.Servers;

/// <summary>
/// A real HTTP server that speaks the Hugging Face hub's API of one model, <c>org/tiny</c> with the branch <c>main</c>, and misbehaves on order. Large
/// files (*.safetensors) lie on a second address, the storage, to which the hub redirects.
/// </summary>
public sealed class HubServer : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly WebApplication application;
    private readonly Dictionary<string, byte[]> files;

    private HubServer(WebApplication application, Dictionary<string, byte[]> files)
    {
        this.application = application;
        this.files = files;
    }

    /// <summary>The hub.</summary>
    public Uri Url => new(application.Urls.First() + "/");

    /// <summary>The storage: another host, as its name goes.</summary>
    public Uri Storage => new($"http://localhost:{Url.Port}/");

    public ConcurrentQueue<Request> Requests { get; } = [];

    /// <summary>Token that the model is gated by; null for a public one.</summary>
    public string? Gate { get; set; }

    /// <summary>Bytes of large files after which the next transfers break, one each.</summary>
    public ConcurrentQueue<int> Breaks { get; } = [];

    /// <summary>Answers to the next requests before anything else is looked at: status codes.</summary>
    public ConcurrentQueue<int> Faults { get; } = [];

    /// <summary>Whether large files come with a byte changed.</summary>
    public bool Damages { get; set; }

    /// <summary>Where large files are redirected to; null for the storage.</summary>
    public Uri? Redirect { get; set; }

    /// <summary>Waited for before a large file is sent.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public static async Task<HubServer> Start(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new HubServer(application, new(files));
        application.Run(server.Handle);
        await application.StartAsync();
        return server;
    }

    /// <summary>With the files of a folder.</summary>
    public static Task<HubServer> Start(string folder) => Start(Directory.EnumerateFiles(folder).Select(file => KeyValuePair.Create(Path.GetFileName(file), File.ReadAllBytes(file))));

    /// <summary>Transfers of a file, as the ranges that were asked for.</summary>
    public IEnumerable<string> Transfers(string file) => Requests.Where(request => request.Method == "GET" && request.Path.EndsWith("/" + file, StringComparison.Ordinal) && (request.Host == Storage.Authority) == IsLarge(file)).Select(request => request.Range);

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task Handle(HttpContext context)
    {
        var request = new Request(context.Request.Method, context.Request.Host.Value!, context.Request.Path.Value!, context.Request.Headers.Range.ToString(), context.Request.Headers.Authorization.ToString());
        Requests.Enqueue(request);
        var answer = context.Response;
        var parts = request.Path.Trim('/').Split('/');
        if (Faults.TryDequeue(out var status))
            answer.StatusCode = status;
        else if (request.Host == Storage.Authority)
            await Send(context, files[parts[^1]]);
        else if (parts is ["api", "models", "org", "tiny", "revision", var revision])
            await List(answer, revision);
        else if (parts is ["org", "tiny", "resolve", Commit, var file])
            await Resolve(context, request, file);
        else
            Refuse(answer, 401, "RepoNotFound");
    }

    private async Task List(HttpResponse answer, string revision)
    {
        if (revision is not ("main" or Commit))
            Refuse(answer, 404, "RevisionNotFound");
        else
            await answer.WriteAsync(JsonSerializer.Serialize(new { id = "org/tiny", sha = Commit, siblings = files.Keys.Select(name => new { rfilename = name }) }));
    }

    private async Task Resolve(HttpContext context, Request request, string file)
    {
        var answer = context.Response;
        if (Gate is not null && request.Authorization != $"Bearer {Gate}")
        {
            Refuse(answer, 403, "GatedRepo");
        }
        else if (!files.TryGetValue(file, out var content))
        {
            Refuse(answer, 404, "EntryNotFound");
        }
        else if (IsLarge(file))
        {
            answer.StatusCode = 302;
            answer.Headers.Location = new Uri(Redirect ?? Storage, file).ToString();
            answer.Headers["X-Linked-Etag"] = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";
            answer.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            answer.Headers.ETag = $"\"{GitName(content)}\"";
            await Send(context, content);
        }
    }

    private async Task Send(HttpContext context, byte[] content)
    {
        var isLarge = IsLarge(context.Request.Path);
        if (isLarge)
            await Ready;
        if (isLarge && Damages)
            content = [.. content[..^1], (byte)~content[^1]];
        var answer = context.Response;
        var start = (int)(context.Request.GetTypedHeaders().Range?.Ranges.First().From ?? 0);
        if (isLarge && Breaks.TryDequeue(out var bytes))
        {
            Break(context, content, start, bytes);
            return;
        }

        answer.ContentLength = content.Length - start;
        if (start > 0)
        {
            answer.StatusCode = 206;
            answer.Headers.ContentRange = RangeFrom(start, content);
        }

        if (context.Request.Method != "HEAD")
            await answer.Body.WriteAsync(content.AsMemory(start));
    }

    // Past the server's own buffers, which lose what they hold when a connection is broken.
    private static void Break(HttpContext context, byte[] content, int start, int bytes)
    {
        var socket = context.Features.Get<IConnectionSocketFeature>()!.Socket;
        var status = start > 0 ? $"206 Partial Content\r\nContent-Range: {RangeFrom(start, content)}" : "200 OK";
        socket.Send(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Length: {content.Length - start}\r\n\r\n")));
        socket.Send(content.AsSpan(start, Math.Min(bytes, content.Length - start)));
        context.Abort();
    }

    private static string RangeFrom(int start, byte[] content) => string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{content.Length - 1}/{content.Length}");

    private static void Refuse(HttpResponse answer, int status, string code)
    {
        answer.StatusCode = status;
        answer.Headers["X-Error-Code"] = code;
    }

    private static bool IsLarge(string file) => file.EndsWith(".safetensors", StringComparison.Ordinal);

    // Hugging Face names small files as git does.
    private static string GitName(byte[] content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A request as it came.</summary>
    public sealed record Request(string Method, string Host, string Path, string Range, string Authorization);
}
