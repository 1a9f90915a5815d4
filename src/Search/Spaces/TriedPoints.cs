using Nola.Core.Searching;

namespace Nola.Search.Spaces;

/// <summary>The points of a finite space that were tried, so that none is suggested twice while there are new ones. An endless space remembers nothing.</summary>
internal sealed class TriedPoints
{
    private const int Draws = 16;
    private readonly ParameterTree tree;
    private readonly HashSet<long> finished = [];
    // One more than the number of values: a parameter that does not exist has a place of its own.
    private readonly long[] sizes = [];
    private readonly long combinations;

    public TriedPoints(ParameterTree tree)
    {
        this.tree = tree;
        var product = 1.0;
        foreach (var parameter in tree.Parameters)
            product *= (Domain.Count(parameter.Values) ?? double.PositiveInfinity) + 1;
        IsFinite = product < 1L << 62;
        if (!IsFinite)
            return;
        sizes = [.. tree.Parameters.Select(parameter => Domain.Count(parameter.Values)!.Value)];
        combinations = sizes.Aggregate(1L, (all, size) => all * size);
    }

    /// <summary>Whether the space has an end that can be counted.</summary>
    public bool IsFinite { get; }

    /// <summary>Notes a finished suggestion. Points outside the space are none.</summary>
    public void Add(IReadOnlyDictionary<string, ParameterValue> point)
    {
        if (IsFinite && KeyOf(point) is { } key)
            finished.Add(key);
    }

    /// <summary>
    /// The first of a few draws that is new; else the next new point from a random place of the grid on; else, with nothing new left, the first draw.
    /// </summary>
    /// <param name="pending">Points that are tried now.</param>
    /// <param name="numbers">Randomness of this suggestion.</param>
    /// <param name="draw">Makes one proposal; called again when it is not new.</param>
    public ImmutableSortedDictionary<string, ParameterValue> Choose(
        IReadOnlyCollection<PendingSuggestion> pending, ref SeededNumbers numbers, DrawPoint draw)
    {
        var first = draw(ref numbers);
        if (!IsFinite)
            return first;
        var running = pending.Select(suggestion => KeyOf(suggestion.Parameters)).OfType<long>().ToHashSet();
        bool IsNew(ImmutableSortedDictionary<string, ParameterValue> point) => KeyOf(point) is not { } key || !finished.Contains(key) && !running.Contains(key);
        if (IsNew(first))
            return first;
        for (var time = 1; time < Draws; time++)
        {
            var point = draw(ref numbers);
            if (IsNew(point))
                return point;
        }

        var start = numbers.NextIndex(combinations);
        for (var offset = 0L; offset < combinations; offset++)
        {
            var point = PointAt((start + offset) % combinations);
            if (IsNew(point))
                return point;
        }

        return first;
    }

    // Combinations that differ in parameters that do not exist are the same point.
    private ImmutableSortedDictionary<string, ParameterValue> PointAt(long combination)
    {
        var point = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        for (var index = 0; index < sizes.Length; index++)
        {
            var parameter = tree.Parameters[index];
            if (ParameterTree.Exists(parameter, point))
                point[parameter.Name] = Domain.At(parameter.Values, combination % sizes[index]);
            combination /= sizes[index];
        }

        return point.ToImmutable();
    }

    private long? KeyOf(IReadOnlyDictionary<string, ParameterValue> point)
    {
        var key = 0L;
        for (var index = 0; index < sizes.Length; index++)
        {
            var place = point.TryGetValue(tree.Parameters[index].Name, out var value) ? Domain.IndexOf(tree.Parameters[index].Values, value) : sizes[index];
            if (place < 0)
                return null;
            key = key * (sizes[index] + 1) + place;
        }

        return key;
    }
}

/// <summary>Makes a proposal from the numbers of a suggestion.</summary>
internal delegate ImmutableSortedDictionary<string, ParameterValue> DrawPoint(ref SeededNumbers numbers);
