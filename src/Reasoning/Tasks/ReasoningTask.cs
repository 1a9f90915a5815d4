using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

namespace Nola.Reasoning.Tasks;

/// <summary>A question put to models about programs, and the way in which answers are judged. It keeps no state.</summary>
public abstract class ReasoningTask
{
    /// <summary>Name in the spec, such as <c>ier</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Variant, one of <see cref="ReasoningTasks.MethodsOf"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Temperature, nucleus and number of samples when the spec names none.</summary>
    public virtual Sampling Sampling => new();

    /// <summary>Whether programs are run; without a sandbox such a task cannot be performed.</summary>
    public virtual bool NeedsSandbox => false;

    /// <summary>Why a problem is nothing for this task; null when it fits.</summary>
    public virtual string? Unfit(Problem problem) => null;

    /// <summary>
    /// What comes after the answers so far: another question, or the judgement. The same arguments give the same step. It is called with no answer
    /// first, then with one more each time.
    /// </summary>
    /// <param name="problem">The problem, one for which <see cref="Unfit"/> is null.</param>
    /// <param name="answers">Raw completions of the model to the questions so far, in order.</param>
    /// <param name="programs">Runs programs; a task that needs none never calls it.</param>
    /// <param name="stop">Ends programs that run.</param>
    public abstract ValueTask<TaskStep> Next(Problem problem, IReadOnlyList<string> answers, ISandbox programs, CancellationToken stop);

    private protected static AskNext Ask(string user, int maxTokens, string? system = null, params string[] stops) =>
        new(new Prompt { User = user, MaxTokens = maxTokens, System = system, Stop = [.. stops] });
}

/// <summary>How answers are drawn.</summary>
public sealed record Sampling
{
    /// <summary>0 takes the likeliest token each time. Default: 0.</summary>
    public double Temperature { get; init; }

    /// <summary>Share of the probability from which tokens are drawn. Default: 1.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Answers drawn for each problem. Default: 1.</summary>
    public int Samples { get; init; } = 1;
}
