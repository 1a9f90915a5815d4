using Nola.Core.Searching;
using Nola.Search.Samplers.Gaussians;
using Nola.Search.Samplers.Parzen;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>
/// Bayesian optimisation: a Gaussian process and the point with the largest expected improvement (Jones et al., J. Global Optimization 13, 1998). For
/// small budgets; a suggestion costs tens of milliseconds at a hundred trials and grows with their square.
/// </summary>
/// <remarks>
/// Begins with scrambled Sobol points. Running trials count with their predicted value. Values above the median are replaced by normal quantiles of
/// their rank, so that a few very bad ones do not flatten the rest. Lists of numbers are ordered; lists of texts have a feature per value. From
/// 400 observations on it goes by the better half of them and the newest.
/// </remarks>
public sealed class GaussianProcessSampler : ISampler
{
    private const int MostObservations = 400, FreshCandidates = 400, Climbers = 4, ClimbSteps = 60, FirstFit = 60, NextFit = 15;
    private readonly ParameterTree tree;
    private readonly TriedPoints tried;
    private readonly QmcSampler startup;
    private readonly int seed;
    private readonly int startupTrials;
    private readonly Features features;
    private readonly List<(Observation Observation, double[] Features)> observations = [];
    private Scales? scales;
    private int fittedAt;

    /// <param name="space">The space.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="startupTrials">Finished suggestions before the first that is not quasi-random. Default: 8.</param>
    public GaussianProcessSampler(SearchSpace space, int seed, int startupTrials = 8)
    {
        tree = new(space);
        tried = new(tree);
        startup = new(space, seed);
        features = new(tree);
        this.seed = seed;
        this.startupTrials = startupTrials;
    }

    /// <inheritdoc/>
    public long? Size => null;

    /// <inheritdoc/>
    public bool Learns => true;

    /// <inheritdoc/>
    public void Update(Observation observation)
    {
        tried.Add(observation.Parameters);
        startup.Update(observation);
        var isUsable = observation.State switch
        {
            ObservationState.Completed => observation.Value is { } value && !double.IsNaN(value),
            ObservationState.Diverged => true,
            _ => false,
        };
        if (!isUsable || !tree.Contains(observation.Parameters))
            return;
        observations.Add((observation, features.Of(observation.Parameters)));
        if (observations.Count < startupTrials || observations.Count < fittedAt + Math.Max(2, fittedAt / 12))
            return;
        var (points, values, _) = Data();
        scales = GaussianProcess.Fit(points, values, scales ?? new([.. Enumerable.Repeat(0.5, features.Count)], 1, 1e-3), scales is null ? FirstFit : NextFit);
        fittedAt = observations.Count;
    }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending)
    {
        if (scales is null || observations.Count < startupTrials)
            return startup.Suggest(number, pending);
        var (points, values, best) = Data();
        var process = new GaussianProcess(points, values, scales);
        var running = pending.Where(suggestion => tree.Contains(suggestion.Parameters)).OrderBy(suggestion => suggestion.Number).Select(suggestion => features.Of(suggestion.Parameters)).ToArray();
        if (running.Length > 0)
            process = new([.. points, .. running], [.. values, .. running.Select(point => process.At(point).Mean)], scales);
        var numbers = SeededNumbers.For(seed, number);
        return tried.Choose(pending, ref numbers, (ref numbers) => Climb(process, best, ref numbers));
    }

    // Random points and neighbours of the best results; then the most promising ones climb by smaller and smaller steps.
    private ImmutableSortedDictionary<string, ParameterValue> Climb(GaussianProcess process, double best, ref SeededNumbers numbers)
    {
        var starts = new List<(ImmutableSortedDictionary<string, ParameterValue> Point, double Gain)>();
        foreach (var (observation, _) in observations.OrderBy(item => Worth(item.Observation)).Take(Climbers))
        {
            foreach (var width in (ReadOnlySpan<double>)[0.1, 0.01, 0.001])
                starts.Add(Judged(Neighbour(observation.Parameters, width, ref numbers), process, best));
        }

        for (var candidate = 0; candidate < FreshCandidates; candidate++)
            starts.Add(Judged(RandomSampler.Draw(tree, ref numbers), process, best));
        var winner = starts.MaxBy(start => start.Gain);
        foreach (var start in starts.OrderByDescending(start => start.Gain).Take(Climbers).ToArray())
        {
            var (here, width) = (start, 0.1);
            for (var step = 0; step < ClimbSteps; step++)
            {
                var next = Judged(Neighbour(here.Point, width, ref numbers), process, best);
                if (next.Gain > here.Gain)
                    here = next;
                else
                    width = Math.Max(1e-4, width * 0.88);
            }

            if (here.Gain > winner.Gain)
                winner = here;
        }

        return winner.Point;
    }

    private ImmutableSortedDictionary<string, ParameterValue> Neighbour(ImmutableSortedDictionary<string, ParameterValue> of, double width, ref SeededNumbers numbers)
    {
        var point = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        foreach (var parameter in tree.Parameters)
        {
            if (!ParameterTree.Exists(parameter, point))
                continue;
            var changes = numbers.NextDouble() < Math.Max(0.3, 1.0 / tree.Parameters.Length);
            point[parameter.Name] = !of.TryGetValue(parameter.Name, out var value) ? RandomSampler.Draw(parameter.Values, ref numbers)
                : !changes ? value
                : parameter.Values is Choices ? RandomSampler.Draw(parameter.Values, ref numbers)
                : Step(parameter.Values, value, width, ref numbers);
        }

        return point.ToImmutable();
    }

    // At least one step where there are steps.
    private static ParameterValue Step(Distribution values, ParameterValue value, double width, ref SeededNumbers numbers)
    {
        var least = Domain.Count(values) is { } count ? 1.0 / count : 0;
        var normal = numbers.NextNormal();
        return Domain.FromUnit(values, Math.Clamp(Domain.ToUnit(values, value) + Math.CopySign(Math.Max(least, Math.Abs(width * normal)), normal), 0, 1 - 1e-12));
    }

    private (ImmutableSortedDictionary<string, ParameterValue> Point, double Gain) Judged(
        ImmutableSortedDictionary<string, ParameterValue> point, GaussianProcess process, double best)
    {
        var (mean, deviation) = process.At(features.Of(point));
        return (point, LogExpectedImprovement((best - mean) / deviation) + Math.Log(deviation));
    }

    // ln(φ(z) + zΦ(z)); far below, where the sum cancels, φ(z)/z² is its limit.
    private static double LogExpectedImprovement(double z) => z > -25
        ? Math.Log(Math.Exp(-0.5 * z * z - Gaussian.HalfLogTwoPi) + z * Gaussian.Below(z) is var gain and > 0 ? gain : double.Epsilon)
        : -0.5 * z * z - Gaussian.HalfLogTwoPi - 2 * Math.Log(-z);

    private static double Worth(Observation observation) => observation is { State: ObservationState.Completed, Violation: <= 0 } ? observation.Value!.Value : double.PositiveInfinity;

    // Points with their values around zero and about one wide, and the best of them.
    private (IReadOnlyList<double[]> Points, double[] Values, double Best) Data()
    {
        var chosen = observations.Count <= MostObservations
            ? observations
            : [.. observations.OrderBy(item => Worth(item.Observation)).Take(MostObservations / 2).Union(observations.TakeLast(MostObservations / 2))];
        var order = Enumerable.Range(0, chosen.Count).OrderBy(index => Worth(chosen[index].Observation)).ToArray();
        var half = (chosen.Count + 1) / 2;
        var lower = order.Take(half).Select(index => Worth(chosen[index].Observation)).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (median, spread) = (lower[^1], Math.Sqrt(lower.Average(value => Math.Pow(value - lower[^1], 2))));
        if (!(spread > 0))
            spread = 1;
        var values = new double[chosen.Count];
        for (var rank = 0; rank < order.Length; rank++)
        {
            values[order[rank]] = rank < lower.Length
                ? (lower[rank] - median) / spread
                : Gaussian.PointBelow((rank + 0.5) / order.Length);
        }

        var mean = values.Average();
        for (var index = 0; index < values.Length; index++)
            values[index] -= mean;
        return ([.. chosen.Select(item => item.Features)], values, values.Min());
    }

    // A coordinate for a range or a list of numbers, one per value for other lists; a parameter that does not exist is in the middle.
    private sealed class Features(ParameterTree tree)
    {
        private readonly ImmutableArray<(SearchParameter Parameter, ImmutableArray<ParameterValue> Order, int Width)> axes = [.. tree.Parameters.Select(parameter =>
            parameter.Values is not Choices choices ? (parameter, [], 1)
            : choices.Values.All(value => value.IsNumeric) ? (parameter, [.. choices.Values.OrderBy(value => value.AsNumber())], 1)
            : (parameter, choices.Values, choices.Values.Length))];

        public int Count => axes.Sum(axis => axis.Width);

        public double[] Of(ImmutableSortedDictionary<string, ParameterValue> point)
        {
            var all = new double[Count];
            var at = 0;
            foreach (var (parameter, order, width) in axes)
            {
                if (!point.TryGetValue(parameter.Name, out var value))
                    all.AsSpan(at, width).Fill(0.5);
                else if (order.IsEmpty)
                    all[at] = Domain.ToUnit(parameter.Values, value);
                else if (width == 1)
                    all[at] = (order.IndexOf(value) + 0.5) / order.Length;
                else
                    all[at + order.IndexOf(value)] = Math.Sqrt(0.5);
                at += width;
            }

            return all;
        }
    }
}
