using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>Quasi-random search: suggestion n is point n of a scrambled Sobol sequence, so that any number of suggestions covers the space evenly.</summary>
/// <remarks>Parameters beyond the twenty-first are drawn at random.</remarks>
public sealed class QmcSampler : ISampler
{
    private readonly ParameterTree tree;
    private readonly TriedPoints tried;
    private readonly int seed;

    public QmcSampler(SearchSpace space, int seed)
    {
        tree = new(space);
        tried = new(tree);
        this.seed = seed;
    }

    /// <inheritdoc/>
    public long? Size => null;

    /// <inheritdoc/>
    public bool Learns => tried.IsFinite;

    /// <inheritdoc/>
    public void Update(Observation observation) => tried.Add(observation.Parameters);

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending)
    {
        var numbers = SeededNumbers.For(seed, number);
        var isFirst = true;
        return tried.Choose(pending, ref numbers, (ref numbers) =>
        {
            if (!isFirst)
                return RandomSampler.Draw(tree, ref numbers);
            isFirst = false;
            return PointAt(number, ref numbers);
        });
    }

    private ImmutableSortedDictionary<string, ParameterValue> PointAt(int number, ref SeededNumbers numbers)
    {
        var chosen = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        for (var dimension = 0; dimension < tree.Parameters.Length; dimension++)
        {
            var parameter = tree.Parameters[dimension];
            var unit = dimension < Sobol.Dimensions ? Sobol.At((uint)number, dimension, seed) : numbers.NextDouble();
            if (ParameterTree.Exists(parameter, chosen))
                chosen[parameter.Name] = Domain.FromUnit(parameter.Values, unit);
        }

        return chosen.ToImmutable();
    }
}
