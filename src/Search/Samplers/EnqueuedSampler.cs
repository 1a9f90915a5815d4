using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>Suggests given points first and then goes on with another sampler, which also chooses what a given point leaves open.</summary>
/// <remarks>Its constructor throws <see cref="ArgumentException"/> for a sampler that tries every point anyway, and for values that a parameter does not take.</remarks>
public sealed class EnqueuedSampler : ISampler
{
    private readonly ParameterTree tree;
    private readonly ImmutableArray<ImmutableSortedDictionary<string, ParameterValue>> points;
    private readonly ISampler sampler;
    private readonly int seed;

    public EnqueuedSampler(SearchSpace space, ImmutableArray<ImmutableSortedDictionary<string, ParameterValue>> points, ISampler sampler, int seed)
    {
        if (sampler.Size is not null)
            throw new ArgumentException("Points are enqueued, but the sampler tries every point in its own order.", nameof(sampler));
        tree = new(space);
        foreach (var (name, value) in points.SelectMany(point => point))
        {
            if (tree.Parameters.FirstOrDefault(parameter => parameter.Name == name) is { } parameter && !Domain.Contains(parameter.Values, value))
                throw new ArgumentException($"An enqueued point has {name} = {value}, which is none of its values.", nameof(points));
        }

        this.points = points;
        this.sampler = sampler;
        this.seed = seed;
    }

    /// <inheritdoc/>
    public long? Size => null;

    /// <inheritdoc/>
    public bool Learns => sampler.Learns;

    /// <inheritdoc/>
    public void Update(Observation observation) => sampler.Update(observation);

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending)
    {
        var own = sampler.Suggest(number, pending);
        if (number >= points.Length)
            return own;
        var numbers = SeededNumbers.For(seed, number);
        var chosen = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        foreach (var parameter in tree.Parameters.Where(parameter => ParameterTree.Exists(parameter, chosen)))
        {
            chosen[parameter.Name] = points[number].TryGetValue(parameter.Name, out var given) ? Domain.Same(parameter.Values, given)
                : own is not null && own.TryGetValue(parameter.Name, out var value) ? value
                : RandomSampler.Draw(parameter.Values, ref numbers);
        }

        return chosen.ToImmutable();
    }
}
