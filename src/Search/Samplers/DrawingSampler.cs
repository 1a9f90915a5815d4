using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>
/// A sampler that looks at no values. A suggestion depends on its number alone; in a finite space none of the points that were tried before comes again
/// while there are new ones.
/// </summary>
public abstract class DrawingSampler : ISampler
{
    private readonly TriedPoints tried;

    private protected DrawingSampler(SearchSpace space, int seed)
    {
        Tree = new(space);
        tried = new(Tree);
        Seed = seed;
    }

    /// <inheritdoc/>
    public long? Size => null;

    /// <inheritdoc/>
    public bool Learns => tried.IsFinite;

    private protected ParameterTree Tree { get; }

    private protected int Seed { get; }

    /// <inheritdoc/>
    public void Update(Observation observation) => tried.Add(observation.Parameters);

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending)
    {
        var numbers = SeededNumbers.For(Seed, number);
        var isFirst = true;
        return tried.Choose(pending, ref numbers, (ref numbers) =>
        {
            if (!isFirst)
                return RandomSampler.Draw(Tree, ref numbers);
            isFirst = false;
            return Draw(number, ref numbers);
        });
    }

    // The point of a suggestion; where that was tried, random ones take its place.
    private protected abstract ImmutableSortedDictionary<string, ParameterValue> Draw(int number, ref SeededNumbers numbers);
}
