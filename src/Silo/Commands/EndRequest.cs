using Nola.Core.Trials;

namespace Nola.Silo.Commands;

/// <summary>How a program is to end that does not end by itself.</summary>
/// <param name="Outcome">The outcome of its trial; null when the attempt is given up.</param>
/// <param name="AtOnce">Whether it is killed without being asked first.</param>
/// <param name="Fault">What failed, when it was not the program.</param>
internal sealed record ProgramEnd(Outcome? Outcome, bool AtOnce = false, Exception? Fault = null);

/// <summary>Whether somebody wants a program to end; the first to ask is heard.</summary>
internal sealed class EndRequest
{
    private readonly TaskCompletionSource<ProgramEnd> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it is asked for.</summary>
    public Task<ProgramEnd> Asked => asked.Task;

    /// <summary>What was asked for; null as long as nothing was.</summary>
    public ProgramEnd? Current => asked.Task.IsCompletedSuccessfully ? asked.Task.Result : null;

    public void Ask(Outcome? outcome, bool atOnce = false) => asked.TrySetResult(new(outcome, atOnce));

    /// <summary>Asks for what a directive wants, if anything.</summary>
    /// <param name="directive">The answer to a report.</param>
    /// <param name="step">The step that was reported.</param>
    public void Obey(Directive directive, long step)
    {
        if (directive.Action != DirectiveAction.Continue)
            Ask(directive.Action == DirectiveAction.Prune ? new Pruned(step) : null);
    }

    /// <summary>Carries out a part of an attempt; when it fails the attempt is lost, instead of a program that nobody hears or looks after any more.</summary>
    public async Task Guard(Task part)
    {
        try
        {
            await part;
        }
        catch (OperationCanceledException)
        {
            Ask(null); // Whoever stops the attempt, or the silo, has told so.
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            asked.TrySetResult(new(null, AtOnce: true, fault));
        }
    }
}
