using Microsoft.Extensions.Logging;

namespace Nola.Grains.Execution;

/// <summary>
/// Repeats calls to grains until they are taken: a fault of the control plane is never a fault of the trial. Whoever gives up gets
/// <see cref="OperationCanceledException"/>, whatever the fault was.
/// </summary>
internal sealed class ControlPlane(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public async Task<T> Insist<T>(string trial, Func<Task<T>> call, CancellationToken giveUp)
    {
        var pause = TimeSpan.FromMilliseconds(50);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                logger.ControlPlaneFault(exception, trial);
            }

            await Task.Delay(pause, time, giveUp);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    public Task Insist(string trial, Func<Task> call, CancellationToken giveUp) => Insist(trial, async () =>
    {
        await call();
        return true;
    }, giveUp);
}
