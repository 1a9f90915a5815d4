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

    /// <summary>Number of suggestions until the space is used up; null when there is no end.</summary>
    long? Size { get; }
}

/// <summary>A suggestion without a result yet.</summary>
public sealed record PendingSuggestion(int Number, ImmutableSortedDictionary<string, ParameterValue> Parameters);

/// <summary>The result of a finished suggestion.</summary>
/// <param name="Number">Index of the suggestion.</param>
/// <param name="Parameters">What was suggested.</param>
/// <param name="Value">Mean of the objective over its seeds, so that smaller is better whatever the study's direction; null when none succeeded.</param>
/// <param name="State">How it ended.</param>
/// <param name="LastStep">Last step measured, for pruned suggestions.</param>
public sealed record Observation(
    int Number, ImmutableSortedDictionary<string, ParameterValue> Parameters, double? Value, ObservationState State, long LastStep = 0);

/// <summary>How a suggestion ended, as samplers distinguish it.</summary>
public enum ObservationState
{
    Completed,
    Pruned,
    Failed,
}
