using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Nola.Reasoning.Endpoints;

/// <summary>
/// The one resilience pipeline of an endpoint, from outside to inside: total deadline, retry, circuit breaker, limiter, time of an attempt.
/// </summary>
internal static class CallPipeline
{
    private static readonly ResiliencePropertyKey<CallState> StateKey = new("nola.call");

    public static ResiliencePipeline<Attempt> Build(OpenAiOptions options, ICallLimiter limiter, TimeProvider time)
    {
        var random = new Random(options.Seed);
        var gate = new Lock();
        return new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddTimeout(options.TotalTime)
            .AddRetry(new RetryStrategyOptions<Attempt>
            {
                // The decision is ShouldHandle's, which counts requests that were sent and not those that an open breaker held back.
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                Randomizer = () =>
                {
                    lock (gate)
                        return random.NextDouble();
                },
                ShouldHandle = arguments => ValueTask.FromResult(State(arguments.Context).MayRetry(Fault(arguments.Outcome), options)),
                DelayGenerator = arguments => ValueTask.FromResult(Wait(arguments.Outcome, options)),
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Attempt>
            {
                FailureRatio = options.BreakRatio,
                MinimumThroughput = 20,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = options.BreakTime,
                ShouldHandle = arguments => ValueTask.FromResult(Fault(arguments.Outcome) is { Kind: FaultKind.Failure }),
            })
            .AddStrategy(_ => new LimiterStrategy(limiter), new LimiterStrategyOptions())
            .AddTimeout(options.AttemptTime)
            .Build();
    }

    public static async Task<Outcome<Attempt>> Run(ResiliencePipeline<Attempt> pipeline, CallState state, Func<CancellationToken, Task<Attempt>> send, CancellationToken stop)
    {
        var context = ResilienceContextPool.Shared.Get(stop);
        context.Properties.Set(StateKey, state);
        try
        {
            return await pipeline.ExecuteOutcomeAsync(
                static async (inner, send) =>
                {
                    State(inner).Attempts++;
                    try
                    {
                        return Outcome.FromResult(await send(inner.CancellationToken));
                    }
                    catch (Exception fault)
                    {
                        return Outcome.FromException<Attempt>(fault);
                    }
                },
                context,
                send);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    internal static CallState State(ResilienceContext context) => context.Properties.GetValue(StateKey, null!);

    /// <summary>What went wrong; null for an answer and for a cancelled call.</summary>
    internal static CallFault? Fault(Outcome<Attempt> outcome) => outcome switch
    {
        { Exception: BrokenCircuitException } => new(FaultKind.HeldBack, "the endpoint failed again and again and is left alone for a while"),
        { Exception: TimeoutRejectedException timeout } => new(FaultKind.Failure, $"no answer within {timeout.Timeout.TotalSeconds:0.###} s"),
        { Result: { } attempt } => attempt.Fault,
        _ => null,
    };

    private static TimeSpan? Wait(Outcome<Attempt> outcome, OpenAiOptions options)
    {
        var asked = outcome.Exception is BrokenCircuitException broken ? broken.RetryAfter ?? options.BreakTime : outcome.Result?.Fault?.RetryAfter;
        return asked is null ? null : asked < options.MaxRetryDelay ? asked : options.MaxRetryDelay;
    }

    private sealed class LimiterStrategyOptions : ResilienceStrategyOptions;

    private sealed class LimiterStrategy(ICallLimiter limiter) : ResilienceStrategy<Attempt>
    {
        protected override async ValueTask<Outcome<Attempt>> ExecuteCore<TState>(Func<ResilienceContext, TState, ValueTask<Outcome<Attempt>>> callback, ResilienceContext context, TState state)
        {
            ICallPermit permit;
            try
            {
                permit = await limiter.Acquire(State(context).Tokens, context.CancellationToken);
            }
            catch (OperationCanceledException fault)
            {
                return Outcome.FromException<Attempt>(fault);
            }

            var outcome = await callback(context, state);
            await permit.Release(outcome.Result?.Answer is { } answer
                ? new(CallSignal.Clean, answer.Tokens.Total)
                : new(Fault(outcome) is { Kind: FaultKind.Throttled } ? CallSignal.Throttled : CallSignal.Failed));
            return outcome;
        }
    }
}

/// <summary>What is remembered over the requests of one call.</summary>
internal sealed class CallState(long tokens)
{
    private string? lastFailure;
    private int identical;

    public long Tokens { get; } = tokens;

    public int Attempts { get; set; }

    /// <summary>Why the call was given up, for its reason; null when it was not.</summary>
    public string? GivenUp { get; private set; }

    public bool MayRetry(CallFault? fault, OpenAiOptions options)
    {
        if (fault is null || fault.Kind == FaultKind.Final)
            return false;
        if (fault.Kind == FaultKind.HeldBack)
            return true;
        if (fault.Kind == FaultKind.Failure)
        {
            identical = fault.Message == lastFailure ? identical + 1 : 1;
            lastFailure = fault.Message;
        }

        if (identical >= options.MaxIdenticalFailures)
            GivenUp = $"the same failure {identical} times";
        else if (Attempts >= options.MaxAttempts)
            GivenUp = $"{Attempts} requests";
        return GivenUp is null;
    }
}

/// <summary>What came of one request: an answer or a fault.</summary>
internal sealed record Attempt(Answered? Answer, CallFault? Fault);

/// <summary>Why a request gave no answer.</summary>
internal sealed record CallFault(FaultKind Kind, string Message, TimeSpan? RetryAfter = null);

internal enum FaultKind
{
    /// <summary>It may go better next time.</summary>
    Failure,

    /// <summary>A limit of the endpoint (429).</summary>
    Throttled,

    /// <summary>It would be the same next time.</summary>
    Final,

    /// <summary>Nothing was sent.</summary>
    HeldBack,
}
