using Nola.Core.Searching;

namespace Nola.Search.Samplers;

/// <summary>Every combination once, the last parameter varying fastest.</summary>
/// <remarks>Its constructor throws <see cref="ArgumentException"/> for a continuous range without a step.</remarks>
public sealed class GridSampler : ISampler
{
    private readonly ImmutableArray<(string Name, ImmutableArray<ParameterValue> Values)> axes;

    public GridSampler(SearchSpace space) => axes = [.. space.Parameters.Select(parameter => (
        parameter.Name,
        Grid.Values(parameter.Values) ?? throw new ArgumentException($"A grid needs a finite number of values; give '{parameter.Name}' a step or a list.", nameof(space))))];

    /// <inheritdoc/>
    public long? Size => axes.Aggregate(1L, (size, axis) => checked(size * axis.Values.Length));

    /// <inheritdoc/>
    public void Update(Observation observation)
    {
        // The grid is fixed.
    }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending)
    {
        if (number >= Size)
            return null;
        var rest = (long)number;
        var chosen = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        foreach (var (name, values) in axes.Reverse())
        {
            chosen[name] = values[(int)(rest % values.Length)];
            rest /= values.Length;
        }

        return chosen.ToImmutable();
    }
}
