using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nola.Testing.Servers;

/// <summary>A real HTTP server that speaks the OpenAI API and misbehaves on order.</summary>
public sealed class OpenAiServer : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly Func<Request, Reply> reply;
    private int inFlight;
    private int maxInFlight;
    private int count;
    private int paid;

    private OpenAiServer(WebApplication application, Func<Request, Reply> reply)
    {
        this.application = application;
        this.reply = reply;
    }

    public Uri Url => new(application.Urls.First() + "/v1");

    public ConcurrentQueue<Request> Requests { get; } = [];

    public int Count => count;

    /// <summary>Most requests that were in flight at once.</summary>
    public int MaxInFlight => maxInFlight;

    /// <summary>Answers sent with status 200, whole: what a customer pays.</summary>
    public int Paid => paid;

    /// <summary>Whether requests are kept; off for many.</summary>
    public bool Keeps { get; set; } = true;

    /// <summary>Time before each reply, as of a model that thinks.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Counts requests that hang.</summary>
    public SemaphoreSlim Hanging { get; } = new(0);

    public static async Task<OpenAiServer> Start(Func<Request, Reply> reply)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new OpenAiServer(application, reply);
        application.Run(server.Handle);
        await application.StartAsync();
        return server;
    }

    public static string Answer(string text, string finish = "stop") =>
        $$$"""{"choices": [{"message": {"content": {{{JsonSerializer.Serialize(text)}}}}, "text": {{{JsonSerializer.Serialize(text)}}}, "finish_reason": "{{{finish}}}"}], "usage": {"prompt_tokens": 11, "completion_tokens": 7}}""";

    /// <summary>Several choices of one response, as to a request with <c>n</c>.</summary>
    public static string Answers(IEnumerable<string> texts) => JsonSerializer.Serialize(new
    {
        choices = texts.Select(text => new { message = new { content = text }, finish_reason = "stop" }),
        usage = new { prompt_tokens = 11, completion_tokens = 7 },
    });

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        Hanging.Dispose();
    }

    private async Task Handle(HttpContext context)
    {
        var now = Interlocked.Increment(ref inFlight);
        InterlockedMax(ref maxInFlight, now);
        try
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = new Request(Interlocked.Increment(ref count), context.Request.Path + context.Request.QueryString, await reader.ReadToEndAsync(), context.Request.Headers.ToDictionary(item => item.Key, item => item.Value.ToString()));
            if (Keeps)
                Requests.Enqueue(request);
            if (Delay > TimeSpan.Zero)
                await Task.Delay(Delay);
            await Send(context, reply(request));
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }

    private async Task Send(HttpContext context, Reply reply)
    {
        if (reply.Delay > TimeSpan.Zero)
            await Task.Delay(reply.Delay, context.RequestAborted);
        if (reply.HangsBeforeHeaders)
            await Hang(context);
        context.Response.StatusCode = reply.Status;
        if (reply.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = wait;
        var body = Encoding.UTF8.GetBytes(reply.Body);
        if (reply.CutsAfter is { } bytes)
        {
            context.Response.ContentLength = body.Length;
            await context.Response.StartAsync();
            await context.Response.Body.WriteAsync(body.AsMemory(0, bytes));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        if (reply.HangsInBody)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
            await context.Response.Body.FlushAsync();
            await Hang(context);
        }

        await context.Response.Body.WriteAsync(body);
        if (reply.Status == 200)
            Interlocked.Increment(ref paid);
    }

    private async Task Hang(HttpContext context)
    {
        Hanging.Release();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var old = target; value > old; old = target)
            if (Interlocked.CompareExchange(ref target, value, old) == old)
                return;
    }

    /// <summary>A request as it came, numbered from 1.</summary>
    public sealed record Request(int Number, string Path, string Body, Dictionary<string, string> Headers)
    {
        public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);
    }

    /// <summary>How to answer.</summary>
    public sealed record Reply(int Status, string Body)
    {
        public string? RetryAfter { get; init; }

        public bool HangsBeforeHeaders { get; init; }

        public bool HangsInBody { get; init; }

        /// <summary>Time before the answer.</summary>
        public TimeSpan Delay { get; init; }

        /// <summary>Bytes of the body after which the connection is cut.</summary>
        public int? CutsAfter { get; init; }

        public static Reply Good(string text = "fine") => new(200, Answer(text));
    }
}
