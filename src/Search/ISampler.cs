using Nola.Core.Searching;

namespace Nola.Search;

/// <summary>
/// Chooses hyperparameters. Observations in, suggestion out: <see cref="Update"/> alone changes its state, and a sampler that is given the
/// same observations answers the same, so a study rebuilds its sampler from its finished trials after a crash.
/// </summary>
/// <remarks>Not thread-safe; a study calls it from one turn at a time.</remarks>
public interface ISampler
{
    /// <summary>Tells the result of a finished suggestion, once each, in any order.</summary>
    void Update(Observation observation);

    /// <summary>
    /// Parameters for suggestion <paramref name="number"/> (from 0); null when the space has nothing left to try. Changes no state.
    /// </summary>
    /// <param name="number">Index of the suggestion in its study; the only source of randomness besides the sampler's seed.</param>
    /// <param name="pending">Suggestions that are running now and have no result yet.</param>
    ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending);

    /// <summary>Whether observations change what it suggests, so that they must be told again after a crash.</summary>
    bool Learns { get; }

    /// <summary>Number of suggestions until the space is used up; null when there is no end.</summary>
    long? Size { get; }
}

/// <summary>A suggestion without a result yet.</summary>
public sealed record PendingSuggestion(int Number, ImmutableSortedDictionary<string, ParameterValue> Parameters);

/// <summary>The result of a finished suggestion.</summary>
/// <param name="Number">Index of the suggestion; negative for one of an earlier experiment.</param>
/// <param name="Parameters">What was suggested.</param>
/// <param name="Value">
/// Mean of the objective over its seeds, so that smaller is better whatever the study's direction; null when none succeeded. Of a pruned suggestion
/// the value it reported last; null when it reported none.
/// </param>
/// <param name="State">How it ended.</param>
/// <param name="LastStep">Last step measured, for pruned suggestions.</param>
public sealed record Observation(
    int Number, ImmutableSortedDictionary<string, ParameterValue> Parameters, double? Value, ObservationState State, long LastStep = 0)
{
    /// <summary>Values of every objective in a study with several, smaller is better; empty in a study with one.</summary>
    public ImmutableArray<double> Objectives { get; init; } = [];

    /// <summary>By how much it broke its constraints, summed; 0 when it kept them all.</summary>
    public double Violation { get; init; }
}

/// <summary>How a suggestion ended, as samplers distinguish it.</summary>
public enum ObservationState
{
    /// <summary>It has a value.</summary>
    Completed,

    /// <summary>A pruner ended it.</summary>
    Pruned,

    /// <summary>It failed for reasons that may lie outside its parameters; nothing is learned but that it was tried.</summary>
    Failed,

    /// <summary>Its loss left the numbers: the parameters are bad.</summary>
    Diverged,
}
