using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>Every combination once, the last parameter varying fastest; parameters whose condition does not hold take no part.</summary>
/// <remarks>Its constructor throws <see cref="ArgumentException"/> for a continuous range without a step.</remarks>
public sealed class GridSampler : ISampler
{
    private readonly ParameterTree tree;
    private readonly ImmutableArray<(SearchParameter Parameter, ImmutableArray<ParameterValue> Values)> axes;
    // Where parameters are conditional, the combinations that are different points; null when all are.
    private readonly long[]? different;

    public GridSampler(SearchSpace space)
    {
        tree = new(space);
        axes = [.. tree.Parameters.Select(parameter => (
            parameter,
            Grid.Values(parameter.Values) ?? throw new ArgumentException($"A grid needs a finite number of values; give '{parameter.Name}' a step or a list.", nameof(space))))];
        var combinations = axes.Aggregate(1L, (size, axis) => checked(size * axis.Values.Length));
        if (space.Parameters.Any(parameter => parameter.When is not null))
            different = [.. Enumerable.Range(0, checked((int)combinations)).Select(index => (long)index).Where(index => Point(index, out var isFirst) is not null && isFirst)];
        Size = different?.Length ?? combinations;
    }

    /// <inheritdoc/>
    public long? Size { get; }

    /// <inheritdoc/>
    public bool Learns => false;

    /// <inheritdoc/>
    public void Update(Observation observation)
    {
        // The grid is fixed.
    }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending) =>
        number >= Size ? null : Point(different is null ? number : different[number], out _);

    // Combinations that differ in parameters that do not exist are one point; the first of them has 0 there.
    private ImmutableSortedDictionary<string, ParameterValue> Point(long combination, out bool isFirst)
    {
        var places = new int[axes.Length];
        for (var axis = axes.Length - 1; axis >= 0; axis--)
        {
            places[axis] = (int)(combination % axes[axis].Values.Length);
            combination /= axes[axis].Values.Length;
        }

        var chosen = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        isFirst = true;
        for (var axis = 0; axis < axes.Length; axis++)
        {
            if (ParameterTree.Exists(axes[axis].Parameter, chosen))
                chosen[axes[axis].Parameter.Name] = axes[axis].Values[places[axis]];
            else
                isFirst &= places[axis] == 0;
        }

        return chosen.ToImmutable();
    }
}
