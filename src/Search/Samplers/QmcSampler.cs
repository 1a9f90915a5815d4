using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>Quasi-random search: suggestion n is point n of a scrambled Sobol sequence, so that any number of suggestions covers the space evenly.</summary>
/// <remarks>Parameters beyond the twenty-first are drawn at random.</remarks>
public sealed class QmcSampler(SearchSpace space, int seed) : DrawingSampler(space, seed)
{
    private protected override ImmutableSortedDictionary<string, ParameterValue> Draw(int number, ref SeededNumbers numbers)
    {
        var chosen = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        for (var dimension = 0; dimension < Tree.Parameters.Length; dimension++)
        {
            var parameter = Tree.Parameters[dimension];
            var unit = dimension < Sobol.Dimensions ? Sobol.At((uint)number, dimension, Seed) : numbers.NextDouble();
            if (ParameterTree.Exists(parameter, chosen))
                chosen[parameter.Name] = Domain.FromUnit(parameter.Values, unit);
        }

        return chosen.ToImmutable();
    }
}
