using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Nola.Grains.Execution;

/// <summary>
/// Repeats calls to grains until they are taken: a fault of the control plane is never a fault of the trial. Whoever gives up gets
/// <see cref="OperationCanceledException"/>, whatever the fault was.
/// </summary>
internal sealed class ControlPlane(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // Silos and stores stumble now and then; only what lasts is worth a word.
    private static readonly TimeSpan BeforeTrouble = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<object, (long Since, string Why)> repeated = new();

    /// <summary>Why calls have been repeated for some time; null when they are taken.</summary>
    public string? Trouble => repeated.Values.Where(call => time.GetElapsedTime(call.Since) > BeforeTrouble).Select(call => call.Why).FirstOrDefault();

    public async Task<T> Insist<T>(string trial, Func<Task<T>> call, CancellationToken giveUp)
    {
        var pause = TimeSpan.FromMilliseconds(50);
        var id = new object();
        long? failsSince = null;
        try
        {
            while (true)
            {
                try
                {
                    return await call();
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    logger.ControlPlaneFault(exception, trial);
                    repeated[id] = (failsSince ??= time.GetTimestamp(), exception.GetBaseException().Message.Split('\n')[0]);
                }

                await Task.Delay(pause, time, giveUp);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        finally
        {
            repeated.TryRemove(id, out _);
        }
    }

    public Task Insist(string trial, Func<Task> call, CancellationToken giveUp) => Insist(trial, async () =>
    {
        await call();
        return true;
    }, giveUp);
}
