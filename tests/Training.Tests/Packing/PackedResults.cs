using System.Collections.Immutable;
using Nola.Core.Trials;
using Nola.Training.Tests.Loop;

namespace Nola.Training.Tests.Packing;

/// <summary>Compares trials that trained together with the same trials alone.</summary>
internal static class PackedResults
{
    public const double Tolerance = 1e-4;

    /// <summary>Runs so many trials at once, each on a thread of its own.</summary>
    public static T[] Together<T>(int trials, Func<int, T> run)
    {
        var results = new T[trials];
        var threads = Enumerable.Range(0, trials).Select(trial => new Thread(() => results[trial] = run(trial))).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        return results;
    }

    public static void AssertEqual((RunResult? Result, ToyTrial.Observer Heard) expected, (RunResult? Result, ToyTrial.Observer Heard) actual)
    {
        Assert.Equal(expected.Result!.Outcome, actual.Result!.Outcome);
        Assert.Equal(expected.Result.Usage.Steps, actual.Result.Usage.Steps);
        Assert.Equal(expected.Heard.Measurements.Count, actual.Heard.Measurements.Count);
        foreach (var (one, other) in expected.Heard.Measurements.Zip(actual.Heard.Measurements))
            AssertEqual(one.Metrics, other.Metrics, $"at step {one.Step}");
        AssertEqual(expected.Result.Metrics, actual.Result.Metrics, "at the end");
    }

    // Metrics but the loss move by jumps: two samples whose scores differ by less than rounding may change places.
    private static void AssertEqual(ImmutableSortedDictionary<string, double> expected, ImmutableSortedDictionary<string, double> actual, string when)
    {
        foreach (var (name, value) in expected)
        {
            var tolerance = name == "loss" ? Tolerance : 0.02;
            Assert.True(Math.Abs(value - actual[name]) <= tolerance, $"{name} {when} is {value} alone and {actual[name]} together");
        }
    }
}
