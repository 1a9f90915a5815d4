using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>Draws every parameter independently; in a finite space, none of the points that were tried before while there are new ones.</summary>
public sealed class RandomSampler(SearchSpace space, int seed) : DrawingSampler(space, seed)
{
    private protected override ImmutableSortedDictionary<string, ParameterValue> Draw(int number, ref SeededNumbers numbers) => Draw(Tree, ref numbers);

    /// <summary>A point of a space, each parameter by itself.</summary>
    internal static ImmutableSortedDictionary<string, ParameterValue> Draw(ParameterTree tree, ref SeededNumbers numbers)
    {
        var chosen = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        foreach (var parameter in tree.Parameters)
        {
            if (ParameterTree.Exists(parameter, chosen))
                chosen[parameter.Name] = Draw(parameter.Values, ref numbers);
        }

        return chosen.ToImmutable();
    }

    internal static ParameterValue Draw(Distribution values, ref SeededNumbers numbers) =>
        Domain.Count(values) is { } count && values is not IntegerRange { Log: true }
            ? Domain.At(values, numbers.NextIndex(count))
            : Domain.FromUnit(values, numbers.NextDouble());
}
