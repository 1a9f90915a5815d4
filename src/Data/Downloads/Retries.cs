using System.Net;
using Polly;
using Polly.Retry;

namespace Nola.Data.Downloads;

/// <summary>When and how often a request is made again.</summary>
internal static class Retries
{
    /// <summary>Requests in all.</summary>
    public const int Tries = 4;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Tries what fails in passing up to <see cref="Tries"/> times, with pauses that double, or as long as the server asks, at most a minute.</summary>
    /// <param name="time">Clock of the pauses.</param>
    /// <param name="pause">The first pause.</param>
    /// <param name="broken">Told before each pause; null for nobody.</param>
    public static ResiliencePipeline Create(TimeProvider time, TimeSpan pause, Action? broken = null) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = Tries - 1,
            BackoffType = DelayBackoffType.Exponential,
            Delay = pause,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } fault && IsPassing(fault) && !arguments.Context.CancellationToken.IsCancellationRequested),
            DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Exception is ServerFaultException { Pause: { } asked } ? asked < LongestPause ? asked : LongestPause : (TimeSpan?)null),
            OnRetry = _ =>
            {
                broken?.Invoke();
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    /// <summary>Whether something may succeed when tried again.</summary>
    public static bool IsPassing(Exception fault) => fault is HttpRequestException or IOException or OperationCanceledException;

    /// <summary>Throws <see cref="ServerFaultException"/> for an answer that may be another one next time.</summary>
    public static void RefusePassing(HttpResponseMessage answer)
    {
        if ((int)answer.StatusCode >= 500 || answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
            throw new ServerFaultException($"the server answers {StatusOf(answer)}", answer.Headers.RetryAfter?.Delta);
    }

    /// <summary>Such as <c>404 Not Found</c>.</summary>
    public static string StatusOf(HttpResponseMessage answer) => FormattableString.Invariant($"{(int)answer.StatusCode} {answer.ReasonPhrase}").TrimEnd();

    private sealed class ServerFaultException(string message, TimeSpan? pause) : IOException(message)
    {
        public TimeSpan? Pause { get; } = pause;
    }
}
