namespace Nola.Search.Samplers.Parzen;

/// <summary>
/// The places of one parameter in all observations, in the order of their arrival, and what is worth keeping of the kernels around them: a new
/// observation changes the width of its neighbours' kernels only.
/// </summary>
internal sealed class ParzenColumn(ParzenAxis axis)
{
    private const int SortedByItself = 64;
    private readonly List<int> sorted = [];
    private readonly Dictionary<(double Mean, double Width), int> kinds = [];
    private readonly List<(double Mean, double Width)> kindList = [];
    private readonly Dictionary<double, double[]> masses = [];
    private double[] places = [];
    private double[] widths = [];
    private double[] constants = [];
    private int[] kindOf = [];
    private int[] numbers = [];
    private int count;

    public ParzenAxis Axis => axis;

    /// <summary>Takes the place of the next observation; NaN when it has none.</summary>
    public void Add(int number, double place)
    {
        if (count == places.Length)
        {
            var room = Math.Max(16, 2 * count);
            Array.Resize(ref places, room);
            Array.Resize(ref widths, room);
            Array.Resize(ref constants, room);
            Array.Resize(ref kindOf, room);
            Array.Resize(ref numbers, room);
        }

        places[count] = place;
        numbers[count] = number;
        if (!double.IsNaN(place) && axis.Choices == 0)
        {
            var at = sorted.BinarySearch(count, Comparer<int>.Create(Compare));
            sorted.Insert(at < 0 ? ~at : at, count);
        }

        count++;
    }

    /// <summary>Place of an observation.</summary>
    public double PlaceOf(int observation) => places[observation];

    /// <summary>Whether an observation has this parameter.</summary>
    public bool Has(int observation) => !double.IsNaN(places[observation]);

    /// <summary>
    /// Means and widths of the kernels of a mixture: observations, then further places, then the prior. A kernel is as wide as the larger gap to its
    /// neighbours; the first and the last have their inner gap.
    /// </summary>
    /// <param name="observations">Its observations.</param>
    /// <param name="further">Places that are no observations, such as those of running trials.</param>
    /// <param name="position">For every observation of the column its position in the mixture, or −1.</param>
    /// <param name="constant">Per kernel: what does not depend on where the density is asked is added here.</param>
    public ParzenKernels Kernels(ReadOnlySpan<int> observations, ReadOnlySpan<double> further, ReadOnlySpan<int> position, Span<double> constant)
    {
        var total = observations.Length + further.Length;
        var means = new double[total + 1];
        for (var index = 0; index < observations.Length; index++)
            means[index] = places[observations[index]];
        further.CopyTo(means.AsSpan(observations.Length));
        if (axis.Choices > 0)
            return new(axis, means, [], null);

        means[total] = 0.5 * (axis.Low + axis.High);
        var order = Order(means, observations.Length, position);
        var range = axis.High - axis.Low;
        var least = range / Math.Min(100.0, total + 2);
        var inverse = new double[total + 1];
        var kind = axis.IsDiscrete ? new int[total + 1] : null;
        for (var rank = 0; rank < total; rank++)
        {
            var index = order[rank];
            var below = means[index] - (rank > 0 ? means[order[rank - 1]] : axis.Low);
            var above = (rank < total - 1 ? means[order[rank + 1]] : axis.High) - means[index];
            var width = Math.Clamp(total == 1 || rank > 0 && rank < total - 1 ? Math.Max(below, above) : rank == 0 ? above : below, least, range);
            inverse[index] = 1 / width;
            if (index < observations.Length)
            {
                var observation = observations[index];
                if (widths[observation] != width)
                    Learn(observation, width);
                constant[index] += constants[observation];
                if (kind is not null)
                    kind[index] = kindOf[observation];
            }
            else
            {
                constant[index] += Constant(means[index], width);
                if (kind is not null)
                    kind[index] = KindOf(means[index], width);
            }
        }

        inverse[total] = 1 / range;
        constant[total] += Constant(means[total], range);
        if (kind is not null)
            kind[total] = KindOf(means[total], range);
        return new(axis, means, inverse, kind is null ? null : (this, kind));
    }

    /// <summary>ln of the kernels' masses on the cell of a value, by kind of kernel, before the mass of the whole range is taken out.</summary>
    public ReadOnlySpan<double> LogMasses(double number)
    {
        var known = masses.GetValueOrDefault(number, []);
        if (known.Length < kindList.Count)
        {
            var before = known.Length;
            Array.Resize(ref known, kindList.Count);
            var (from, to) = axis.CellOf(number);
            for (var kind = before; kind < known.Length; kind++)
            {
                var (mean, width) = kindList[kind];
                known[kind] = Gaussian.LogMass((from - mean) / width, (to - mean) / width);
            }

            masses[number] = known;
        }

        return known;
    }

    private void Learn(int observation, double width)
    {
        widths[observation] = width;
        constants[observation] = Constant(places[observation], width);
        if (axis.IsDiscrete)
            kindOf[observation] = KindOf(places[observation], width);
    }

    private double Constant(double mean, double width)
    {
        var mass = Gaussian.LogMass((axis.Low - mean) / width, (axis.High - mean) / width);
        return axis.IsDiscrete ? -mass : -mass - Math.Log(width) - Gaussian.HalfLogTwoPi;
    }

    private int KindOf(double mean, double width)
    {
        if (!kinds.TryGetValue((mean, width), out var kind))
        {
            kinds[(mean, width)] = kind = kindList.Count;
            kindList.Add((mean, width));
        }

        return kind;
    }

    // Positions by mean, without the prior.
    private int[] Order(double[] means, int observations, ReadOnlySpan<int> position)
    {
        var order = new int[means.Length - 1];
        if (observations <= SortedByItself)
        {
            for (var index = 0; index < order.Length; index++)
                order[index] = index;
            Array.Sort(order, (a, b) => means[a] != means[b] ? means[a].CompareTo(means[b]) : a.CompareTo(b));
            return order;
        }

        var rest = new int[order.Length - observations];
        for (var index = 0; index < rest.Length; index++)
            rest[index] = observations + index;
        Array.Sort(rest, (a, b) => means[a] != means[b] ? means[a].CompareTo(means[b]) : a.CompareTo(b));
        var (filled, next) = (0, 0);
        foreach (var observation in sorted)
        {
            var at = observation < position.Length ? position[observation] : -1;
            if (at < 0)
                continue;
            while (next < rest.Length && means[rest[next]] < means[at])
                order[filled++] = rest[next++];
            order[filled++] = at;
        }

        while (next < rest.Length)
            order[filled++] = rest[next++];
        return order;
    }

    private int Compare(int a, int b) => places[a] != places[b] ? places[a].CompareTo(places[b]) : numbers[a].CompareTo(numbers[b]);
}

/// <summary>One axis of a mixture's kernels; the last is the prior.</summary>
/// <param name="Axis">The parameter.</param>
/// <param name="Means">Place of each kernel.</param>
/// <param name="Inverse">One over the width of each kernel; empty for choices.</param>
/// <param name="Kinds">For discrete ranges, where to ask for masses and the kind of each kernel.</param>
internal sealed record ParzenKernels(ParzenAxis Axis, double[] Means, double[] Inverse, (ParzenColumn Column, int[] Of)? Kinds);
