using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Polly;
using Polly.Timeout;

namespace Nola.Reasoning.Endpoints;

/// <summary>
/// An OpenAI-compatible server, asked with one pipeline: total deadline, retry, circuit breaker, limiter, time of an attempt. Requests go in parallel
/// as far as the limiter lets them.
/// </summary>
public sealed class OpenAiEndpoint : IEndpoint
{
    private const int LongestMessage = 300;

    private readonly OpenAiOptions options;
    private readonly TimeProvider time;
    private readonly HttpClient client;
    private readonly ResiliencePipeline<Attempt> pipeline;

    /// <param name="options">Where and how.</param>
    /// <param name="limiter">Says when a request may be sent; shared by all endpoints of one account.</param>
    /// <param name="time">Clock. Default: the system's.</param>
    public OpenAiEndpoint(OpenAiOptions options, ICallLimiter limiter, TimeProvider? time = null)
    {
        this.options = options;
        this.time = time ?? TimeProvider.System;
        pipeline = CallPipeline.Build(options, limiter, this.time);
        client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
        {
            // The pipeline alone decides about time.
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = options.MaxResponse,
        };
    }

    public string Model => options.Model;

    public string KeyOf(EndpointCall call) => CallKey.Of(options.Address.GetLeftPart(UriPartial.Path), options.Model, OpenAiBody.Of(call with { Count = 1 }, options), call.Sample);

    public async Task<EndpointReply> Ask(EndpointCall call, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        var state = new CallState(TokenCount.EstimateOf(call).Total);
        var body = Encoding.UTF8.GetBytes(OpenAiBody.Of(call, options).ToJsonString());
        using var activity = StartActivity(call);
        var outcome = await CallPipeline.Run(pipeline, state, inner => Send(call, body, inner), stop);
        stop.ThrowIfCancellationRequested();
        var elapsed = time.GetElapsedTime(started);
        EndpointReply reply = outcome.Result?.Answer is { } answer
            ? answer with { Attempts = state.Attempts, Elapsed = elapsed }
            : new Unanswered(ReasonOf(outcome, state), state.Attempts, elapsed);
        EndpointInstruments.Record(options, reply);
        EndActivity(activity, reply);
        return reply;
    }

    public void Dispose() => client.Dispose();

    private async Task<Attempt> Send(EndpointCall call, byte[] body, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, options.Address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            if (options.Key is { } key)
                request.Headers.TryAddWithoutValidation(options.KeyHeader, options.KeyHeader == "Authorization" ? "Bearer " + key.Reveal() : key.Reveal());
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, stop);
            var bytes = await response.Content.ReadAsByteArrayAsync(stop);
            if (response.StatusCode != HttpStatusCode.OK)
                return new(null, FaultOf(response, bytes));
            var (answer, fault) = OpenAiBody.Read(bytes, call);
            return new(answer, fault is null ? null : new(FaultKind.Failure, fault));
        }
        catch (HttpRequestException fault)
        {
            return new(null, new(FaultKind.Failure, Short($"the request failed ({fault.HttpRequestError}): {fault.GetBaseException().Message}")));
        }
    }

    private CallFault FaultOf(HttpResponseMessage response, byte[] body)
    {
        var status = (int)response.StatusCode;
        var kind = status switch
        {
            429 => FaultKind.Throttled,
            408 or >= 500 => FaultKind.Failure,
            _ => FaultKind.Final,
        };
        var text = string.Join(' ', Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 4 * LongestMessage))).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new(kind, Short($"status {status.ToString(CultureInfo.InvariantCulture)}{(text.Length > 0 ? ": " + text : "")}"), WaitOf(response.Headers.RetryAfter));
    }

    // A time in the past, or one that no TimeSpan holds, says nothing.
    private TimeSpan? WaitOf(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait > TimeSpan.Zero ? wait : null;
    }

    private string Short(string message)
    {
        var text = options.Key?.Hide(message) ?? message;
        return text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
    }

    private string ReasonOf(Outcome<Attempt> outcome, CallState state)
    {
        if (outcome.Exception is TimeoutRejectedException && state.GivenUp is null)
            return string.Create(CultureInfo.InvariantCulture, $"no answer within {options.TotalTime.TotalSeconds:0.###} s and {state.Attempts} requests");
        var fault = CallPipeline.Fault(outcome)?.Message ?? outcome.Exception?.Message ?? "no answer";
        return state.GivenUp is { } why ? $"{fault} (given up after {why})" : fault;
    }

    private Activity? StartActivity(EndpointCall call)
    {
        var operation = EndpointInstruments.OperationOf(options);
        var activity = EndpointInstruments.Source.StartActivity($"{operation} {options.Model}", ActivityKind.Client);
        if (activity is null)
            return null;
        activity.SetTag(EndpointInstruments.OperationTag, operation);
        activity.SetTag(EndpointInstruments.SystemTag, "openai");
        activity.SetTag(EndpointInstruments.ModelTag, options.Model);
        activity.SetTag(EndpointInstruments.AddressTag, options.Url.Host);
        activity.SetTag(EndpointInstruments.PortTag, options.Url.Port);
        activity.SetTag("gen_ai.request.temperature", call.Sampling.Temperature);
        activity.SetTag("gen_ai.request.top_p", call.Sampling.TopP);
        activity.SetTag("gen_ai.request.max_tokens", call.Prompt.MaxTokens);
        activity.SetTag("nola.problem", call.Id);
        if (options.TraceContent)
            activity.SetTag("gen_ai.input.messages", call.Prompt.User);
        return activity;
    }

    private void EndActivity(Activity? activity, EndpointReply reply)
    {
        activity?.SetTag("nola.attempts", reply.Attempts);
        switch (reply)
        {
            case Answered answer:
                activity?.SetTag("gen_ai.response.finish_reasons", new[] { answer.FinishReason ?? "unknown" });
                activity?.SetTag("gen_ai.usage.input_tokens", answer.Tokens.Prompt);
                activity?.SetTag("gen_ai.usage.output_tokens", answer.Tokens.Completion);
                if (options.TraceContent)
                    activity?.SetTag("gen_ai.output.messages", answer.Text);
                break;
            case Unanswered none:
                activity?.SetTag(EndpointInstruments.ErrorTag, "unanswered");
                activity?.SetStatus(ActivityStatusCode.Error, none.Reason);
                break;
        }
    }
}
