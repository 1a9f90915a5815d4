using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>
/// NSGA-II for several objectives (Deb et al., IEEE TEC 6(2), 2002), without generations to wait for: each suggestion is a child of two parents that
/// won tournaments among the best results so far. With one objective a plain genetic algorithm.
/// </summary>
public sealed class NsgaSampler : ISampler
{
    private const double CrossoverShare = 0.9;
    private readonly ParameterTree tree;
    private readonly TriedPoints tried;
    private readonly int seed;
    private readonly int size;
    private List<Observation> parents = [];

    /// <param name="space">The space.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="populationSize">Results that are parents, and random suggestions before the first child. At least 2. Default: 50.</param>
    public NsgaSampler(SearchSpace space, int seed, int populationSize = 50)
    {
        tree = new(space);
        tried = new(tree);
        this.seed = seed;
        size = populationSize;
    }

    /// <inheritdoc/>
    public long? Size => null;

    /// <inheritdoc/>
    public bool Learns => true;

    /// <inheritdoc/>
    public void Update(Observation observation)
    {
        tried.Add(observation.Parameters);
        if (observation is { Objectives.IsEmpty: true, State: ObservationState.Completed, Value: { } value })
            observation = observation with { Objectives = [value] };
        if (!ParetoFront.IsUsable(observation) || !tree.Contains(observation.Parameters))
            return;
        parents.Add(observation);
        var order = ParetoFront.Order(parents).SelectMany(front => front).Take(size);
        parents = [.. order.Select(index => parents[index])];
    }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending)
    {
        var numbers = SeededNumbers.For(seed, number);
        return tried.Choose(pending, ref numbers, (ref numbers) => parents.Count < size ? RandomSampler.Draw(tree, ref numbers) : Child(ref numbers));
    }

    private ImmutableSortedDictionary<string, ParameterValue> Child(ref SeededNumbers numbers)
    {
        var (one, other) = (Winner(ref numbers), Winner(ref numbers));
        var crosses = numbers.NextDouble() < CrossoverShare;
        var child = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        foreach (var parameter in tree.Parameters)
        {
            if (!ParameterTree.Exists(parameter, child))
                continue;
            var parent = crosses && numbers.NextDouble() < 0.5 ? other : one;
            var isNew = numbers.NextDouble() < 1.0 / tree.Parameters.Length || !parent.Parameters.ContainsKey(parameter.Name);
            child[parameter.Name] = isNew ? Mutate(parameter, parent, ref numbers) : parent.Parameters[parameter.Name];
        }

        return child.ToImmutable();
    }

    // Half of the time a small step, else anything.
    private static ParameterValue Mutate(SearchParameter parameter, Observation parent, ref SeededNumbers numbers)
    {
        if (parameter.Values is Choices || !parent.Parameters.TryGetValue(parameter.Name, out var value) || numbers.NextDouble() < 0.5)
            return RandomSampler.Draw(parameter.Values, ref numbers);
        return Domain.FromUnit(parameter.Values, Math.Clamp(Domain.ToUnit(parameter.Values, value) + 0.1 * numbers.NextNormal(), 0, 1 - 1e-12));
    }

    // Parents stand in the order of their quality, so the smaller position wins.
    private Observation Winner(ref SeededNumbers numbers) => parents[(int)Math.Min(numbers.NextIndex(parents.Count), numbers.NextIndex(parents.Count))];
}
