using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Reasoning.Endpoints;

namespace Nola.Silo.Reasoning;

/// <summary>Gives a trial's answers: stored ones, or new ones within its allowance, which are stored before anything looks at them.</summary>
/// <param name="model">Whom to ask.</param>
/// <param name="endpoint">The model's endpoint.</param>
/// <param name="store">Where answers are kept; null where they are recorded already.</param>
/// <param name="allowance">What calls may use.</param>
/// <param name="time">Clock.</param>
internal sealed class AnswerSource(EndpointModel model, IEndpoint endpoint, AnswerStore? store, CallAllowance allowance, TimeProvider time)
{
    private volatile bool offersSamples = true;

    /// <summary>Samples of one question that a request asks for at most; 1 once the endpoint gave fewer than it was asked for.</summary>
    public int SamplesPerRequest => store is not null && offersSamples && model is ServedModel served ? served.SamplesPerRequest : 1;

    /// <summary>The answer, or why there is none. Neither: the budget is used up.</summary>
    public async Task<(string? Text, string? Failure)> Answer(EndpointCall call, CancellationToken stop)
    {
        if (store?.Find(endpoint.KeyOf(call)) is { } stored)
            return (stored.Text, null);
        return await Ask(call, stop) switch
        {
            Answered answer => (Keep(call, answer), null),
            Unanswered failure => (null, failure.Reason),
            _ => (null, null),
        };
    }

    /// <summary>Brings those of the answers that are not stored in one request: the same question, another sample each. What does not come is left to <see cref="Answer"/>.</summary>
    public async Task Bring(IEnumerable<EndpointCall> samples, CancellationToken stop)
    {
        EndpointCall[] missing = [.. samples.Where(call => store!.Find(endpoint.KeyOf(call)) is null)];
        if (missing.Length < 2)
            return;
        switch (await Ask(missing[0] with { Count = missing.Length }, stop))
        {
            case Answered answer:
                foreach (var (call, sample) in missing.Zip([answer, .. answer.More]))
                    Keep(call, sample);
                offersSamples &= answer.More.Length + 1 >= missing.Length;
                break;
            case Unanswered:
                offersSamples = false;
                break;
        }
    }

    // Null: the budget is used up.
    private async Task<EndpointReply?> Ask(EndpointCall call, CancellationToken stop)
    {
        var estimate = UsageOf(TokenCount.EstimateOf(call), requests: 1);
        if (!await allowance.Reserve(estimate, stop))
            return null;
        var used = Usage.None;
        try
        {
            var reply = await endpoint.Ask(call, stop);
            used = UsageOf((reply as Answered)?.Tokens ?? new(0, 0), reply.Attempts);
            return reply;
        }
        finally
        {
            allowance.Settle(estimate, used);
        }
    }

    private string Keep(EndpointCall call, Answered answer)
    {
        store?.Add(endpoint.KeyOf(call), new(endpoint.Model, call.Id, call.Sample, call.Turn, answer.Text, answer.FinishReason, answer.Tokens, time.GetUtcNow(), answer.LogProbabilities));
        return answer.Text;
    }

    // Reading a recorded answer is no request.
    private Usage UsageOf(TokenUse tokens, int requests) => new()
    {
        Tokens = tokens.Total,
        Requests = model is RecordedModel ? 0 : requests,
        Money = model.Price?.CostOf(tokens.Prompt, tokens.Completion) ?? 0,
    };
}
