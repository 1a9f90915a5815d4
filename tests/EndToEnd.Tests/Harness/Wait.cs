using System.Globalization;
using System.Text.Json;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>Bounded waits on what can be observed.</summary>
internal static class Wait
{
    /// <summary>Bound of a wait that is not itself what a test measures: other work on the machine may slow everything down.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks again and again until it sees what is expected; a look that fails, as on a dying silo, is repeated.</summary>
    /// <param name="expected">What is waited for, of what: for the message.</param>
    /// <param name="look">Observes.</param>
    /// <param name="isThere">Whether that is it.</param>
    public static async Task<T> Until<T>(string expected, Func<Task<T>> look, Func<T, bool> isThere)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(Period);
        T? last = default;
        Exception? fault = null;
        do
        {
            try
            {
                last = await look();
                fault = null;
                if (isThere(last))
                    return last;
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException and not OutOfMemoryException && exception is not TimeLimitException)
            {
                fault = exception;
            }
        }
        while (time.GetElapsedTime(began) < Patience && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken));
        throw new TimeLimitException(string.Create(
            CultureInfo.InvariantCulture, $"Expected within {Patience.TotalSeconds:0} s: {expected}. Actual: {(fault is null ? JsonSerializer.Serialize(last) : fault.Message)}"));
    }

    /// <summary>The same for what is at hand.</summary>
    public static Task<T> Until<T>(string expected, Func<T> look, Func<T, bool> isThere) => Until(expected, () => Task.FromResult(look()), isThere);
}

/// <summary>Something did not happen in time.</summary>
internal sealed class TimeLimitException(string message) : Exception(message);
