using Nola.Core.Searching;
using Nola.Search.Samplers.Parzen;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011), all parameters jointly: draws where good observations are dense and bad
/// ones, running ones among them, are not.
/// </summary>
/// <remarks>
/// The best tenth, at most 25, are good. Pruned suggestions rank behind completed ones, those that broke a constraint behind all. Kernels have the
/// width of the gaps around them; see <see cref="ParzenMixture"/>. Conditional parameters form groups, each drawn after its parents from the
/// observations that have it. Failed suggestions teach nothing; diverged ones are bad. With several objectives the good ones are taken front by front
/// (after Ozaki et al., GECCO 2020).
/// </remarks>
public sealed class TpeSampler : ISampler
{
    private const int MostGood = 25;
    private readonly TpeOptions options;
    private readonly ParameterTree tree;
    private readonly TriedPoints tried;
    private readonly RandomSampler random;
    private readonly ImmutableArray<Group> groups;
    private readonly List<Observation> observations = [];
    private readonly List<int> byNumber = [];
    private readonly List<int> best = [];
    private readonly int seed;
    private bool hasSeveralObjectives;

    public TpeSampler(SearchSpace space, int seed, TpeOptions? options = null)
    {
        this.seed = seed;
        this.options = options ?? new();
        tree = new(space);
        tried = new(tree);
        random = new(space, seed);
        groups = [.. tree.Groups.Select(group => new Group([.. group.Select(parameter => new ParzenColumn(new(parameter)))]))];
    }

    /// <inheritdoc/>
    public long? Size => null;

    /// <inheritdoc/>
    public bool Learns => true;

    /// <inheritdoc/>
    public void Update(Observation observation)
    {
        tried.Add(observation.Parameters);
        random.Update(observation);
        hasSeveralObjectives |= !observation.Objectives.IsDefaultOrEmpty;
        if (!observation.Objectives.IsDefaultOrEmpty && observation.State == ObservationState.Completed)
            observation = observation with { Value = observation.Objectives.Sum() };
        if (observation.State == ObservationState.Failed || observation is { State: ObservationState.Completed, Value: null or double.NaN })
            return;
        var index = observations.Count;
        observations.Add(observation);
        foreach (var group in groups)
            group.Add(observation);
        Insert(byNumber, index, (a, b) => observations[a].Number.CompareTo(observations[b].Number));
        Insert(best, index, Compare);
        if (best.Count > MostGood)
            best.RemoveAt(MostGood);
    }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending)
    {
        if (observations.Count < options.StartupTrials)
            return random.Suggest(number, pending);
        var numbers = SeededNumbers.For(seed, number);
        var count = Math.Min((observations.Count + 9) / 10, MostGood);
        var good = new bool[observations.Count];
        foreach (var index in (hasSeveralObjectives ? ByFronts() : best).Take(count))
            good[index] = true;
        var mixtures = new (ParzenMixture Good, ParzenMixture Bad)?[groups.Length];
        return tried.Choose(pending, ref numbers, (ref numbers) => Draw(pending, good, mixtures, ref numbers));
    }

    private ImmutableSortedDictionary<string, ParameterValue> Draw(
        IReadOnlyCollection<PendingSuggestion> pending, bool[] good, (ParzenMixture Good, ParzenMixture Bad)?[] mixtures, ref SeededNumbers numbers)
    {
        var chosen = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        for (var index = 0; index < groups.Length; index++)
        {
            var group = groups[index];
            if (!ParameterTree.Exists(group.First, chosen))
                continue;
            var (l, g) = mixtures[index] ??= group.Split(byNumber, good, pending);
            var point = new double[group.Columns.Length];
            var (winner, highest) = (new double[point.Length], double.NegativeInfinity);
            for (var candidate = 0; candidate < options.Candidates; candidate++)
            {
                l.Draw(ref numbers, point);
                var density = l.LogDensity(point);
                // A candidate that cannot win any more is not measured to the end.
                var ratio = density - g.LogDensity(point, density - highest);
                if (!(ratio > highest))
                    continue;
                highest = ratio;
                point.CopyTo(winner, 0);
            }

            for (var axis = 0; axis < winner.Length; axis++)
                chosen[group.Columns[axis].Axis.Parameter.Name] = group.Columns[axis].Axis.ValueAt(winner[axis]);
        }

        return chosen.ToImmutable();
    }

    // Completed by value, then pruned by how far they came and their value there, then diverged, then those that broke a constraint by how much.
    private int Compare(int a, int b)
    {
        var (one, other) = (observations[a], observations[b]);
        var (rank, otherRank) = (Rank(one), Rank(other));
        var order = rank != otherRank ? rank.CompareTo(otherRank) : rank switch
        {
            0 => one.Value!.Value.CompareTo(other.Value!.Value),
            1 => (-one.LastStep, Worst(one.Value)).CompareTo((-other.LastStep, Worst(other.Value))),
            4 => one.Violation.CompareTo(other.Violation),
            _ => 0,
        };
        return order != 0 ? order : one.Number.CompareTo(other.Number);
    }

    // With several objectives: completed ones front by front, then the others as with one.
    private IEnumerable<int> ByFronts()
    {
        var usable = byNumber.Where(index => ParetoFront.IsUsable(observations[index])).ToArray();
        return ParetoFront.Order([.. usable.Select(index => observations[index])]).SelectMany(front => front).Select(place => usable[place]).Concat(best).Distinct();
    }

    private static int Rank(Observation observation) => observation switch
    {
        { Violation: > 0 } => 4,
        { State: ObservationState.Completed } => 0,
        { State: ObservationState.Pruned, Value: not null } => 1,
        { State: ObservationState.Pruned } => 2,
        _ => 3,
    };

    private static double Worst(double? value) => value is { } number && !double.IsNaN(number) ? number : double.PositiveInfinity;

    private static void Insert(List<int> sorted, int index, Comparison<int> compare)
    {
        var at = sorted.BinarySearch(index, Comparer<int>.Create(compare));
        sorted.Insert(at < 0 ? ~at : at, index);
    }

    private sealed class Group(ImmutableArray<ParzenColumn> columns)
    {
        public ImmutableArray<ParzenColumn> Columns => columns;

        public SearchParameter First => columns[0].Axis.Parameter;

        public void Add(Observation observation)
        {
            var isWhole = PlacesOf(observation.Parameters) is not null;
            foreach (var column in columns)
                column.Add(observation.Number, isWhole ? column.Axis.PlaceOf(observation.Parameters[column.Axis.Parameter.Name]) : double.NaN);
        }

        public (ParzenMixture Good, ParzenMixture Bad) Split(List<int> byNumber, bool[] good, IReadOnlyCollection<PendingSuggestion> pending)
        {
            var (l, g) = (new List<int>(), new List<int>(byNumber.Count));
            foreach (var observation in byNumber)
            {
                if (columns[0].Has(observation))
                    (good[observation] ? l : g).Add(observation);
            }

            var running = pending.OrderBy(suggestion => suggestion.Number).Select(suggestion => PlacesOf(suggestion.Parameters)).OfType<double[]>().ToArray();
            return (new(columns, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(l), []), new(columns, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(g), running));
        }

        // Null when a parameter is missing or has another value than its own, as in an observation of another experiment.
        private double[]? PlacesOf(ImmutableSortedDictionary<string, ParameterValue> point)
        {
            var places = new double[columns.Length];
            for (var axis = 0; axis < places.Length; axis++)
            {
                var parameter = columns[axis].Axis.Parameter;
                if (!point.TryGetValue(parameter.Name, out var value) || !Domain.Contains(parameter.Values, value))
                    return null;
                places[axis] = columns[axis].Axis.PlaceOf(value);
            }

            return places;
        }
    }
}

/// <summary>Settings of <see cref="TpeSampler"/>.</summary>
public sealed record TpeOptions
{
    /// <summary>Finished suggestions before the first that is no random one. Default: 10.</summary>
    public int StartupTrials { get; init; } = 10;

    /// <summary>Points drawn per suggestion, of which the one with the best ratio is taken. Default: 24.</summary>
    public int Candidates { get; init; } = 24;
}
