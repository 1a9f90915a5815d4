using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Endpoints;

/// <summary>A model that answers prompts: behind a URL, in a worker, or in a file of recorded answers.</summary>
public interface IEndpoint : IDisposable
{
    /// <summary>Name of the model, for records.</summary>
    string Model { get; }

    /// <summary>Hash of all that decides the answer: the same call has the same key, so a stored answer can stand for it.</summary>
    string KeyOf(EndpointCall call);

    /// <summary>
    /// Asks once, with every retry that is due. An endpoint that fails is a result, not an exception.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    Task<EndpointReply> Ask(EndpointCall call, CancellationToken stop);
}

/// <summary>One question to a model.</summary>
public sealed record EndpointCall
{
    /// <summary>The problem's id.</summary>
    public required string Id { get; init; }

    /// <summary>The set that the problem is from; null when the id says enough.</summary>
    public string? Dataset { get; init; }

    /// <summary>Number of the sample, from 0.</summary>
    public int Sample { get; init; }

    /// <summary>Answers wanted from one request; the first is <see cref="Sample"/>, and no matter how many, the key is that sample's. Default: 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Number of the question about this problem and sample, from 0; a task may ask several.</summary>
    public int Turn { get; init; }

    public required Prompt Prompt { get; init; }

    /// <summary>Temperature and nucleus; the number of samples is the caller's affair.</summary>
    public Sampling Sampling { get; init; } = new();

    /// <summary>Seed sent to the endpoint; null sends none.</summary>
    public int? Seed { get; init; }
}

/// <summary>What came of a call.</summary>
/// <param name="Attempts">Requests sent.</param>
/// <param name="Elapsed">Time from the call to its end, waiting included.</param>
public abstract record EndpointReply(int Attempts, TimeSpan Elapsed);

/// <summary>The model answered.</summary>
/// <param name="Text">The completion as it came.</param>
/// <param name="FinishReason">Why the completion ended, as the endpoint calls it, such as <c>stop</c>; null when it does not say.</param>
/// <param name="Tokens">Tokens to pay for.</param>
/// <param name="Attempts">Requests sent.</param>
/// <param name="Elapsed">Time from the call to its end, waiting included.</param>
public sealed record Answered(string Text, string? FinishReason, TokenUse Tokens, int Attempts, TimeSpan Elapsed) : EndpointReply(Attempts, Elapsed)
{
    /// <summary>Whether the answer was cut because it was too long.</summary>
    public bool IsTruncated => FinishReason == "length";

    /// <summary>Log probabilities of the tokens as the endpoint sent them (JSON); null when not asked for or not offered.</summary>
    public string? LogProbabilities { get; init; }

    /// <summary>Further answers of a call that wanted several, without tokens: the first one's are those of the request. The endpoint may give fewer.</summary>
    public ImmutableArray<Answered> More { get; init; } = [];
}

/// <summary>The endpoint gave no answer; the problem is not judged.</summary>
/// <param name="Reason">What went wrong, without secrets.</param>
/// <param name="Attempts">Requests sent.</param>
/// <param name="Elapsed">Time from the call to its end, waiting included.</param>
public sealed record Unanswered(string Reason, int Attempts, TimeSpan Elapsed) : EndpointReply(Attempts, Elapsed);

/// <summary>Tokens of a call.</summary>
/// <param name="Prompt">Tokens of the prompt.</param>
/// <param name="Completion">Tokens of the completion.</param>
/// <param name="IsEstimate">Whether they were estimated because the endpoint did not tell.</param>
public sealed record TokenUse(long Prompt, long Completion, bool IsEstimate = false)
{
    public long Total => Prompt + Completion;
}
