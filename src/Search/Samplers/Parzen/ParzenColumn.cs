namespace Nola.Search.Samplers.Parzen;

/// <summary>
/// The places of one parameter in all observations, in the order of their arrival, and what is worth keeping of the kernels around them: a new
/// observation changes the width of its neighbours' kernels only.
/// </summary>
internal sealed class ParzenColumn(ParzenAxis axis)
{
    private const int SortedByItself = 64;
    private readonly List<int> sorted = [];
    private readonly List<double> sortedPlaces = [];
    private readonly List<double> sortedWidths = [];
    private readonly Dictionary<(double Mean, double Width), int> kinds = [];
    private readonly List<(double Mean, double Width)> kindList = [];
    private readonly Dictionary<double, double[]> masses = [];
    private double[] places = [];
    private double[] inverses = [];
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
            Array.Resize(ref inverses, room);
            Array.Resize(ref constants, room);
            Array.Resize(ref kindOf, room);
            Array.Resize(ref numbers, room);
        }

        places[count] = place;
        numbers[count] = number;
        if (!double.IsNaN(place) && axis.Choices == 0)
        {
            var at = sorted.BinarySearch(count, Comparer<int>.Create(Compare));
            at = at < 0 ? ~at : at;
            sorted.Insert(at, count);
            sortedPlaces.Insert(at, place);
            sortedWidths.Insert(at, 0);
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
        var range = axis.High - axis.Low;
        var least = range / Math.Min(100.0, total + 2);
        var kernels = new ParzenKernels(axis, means, new double[total + 1], axis.IsDiscrete ? (this, new int[total + 1]) : null);
        Set(kernels, total, range, constant);
        if (observations.Length <= SortedByItself)
        {
            var order = new int[total];
            for (var index = 0; index < total; index++)
                order[index] = index;
            Array.Sort(order, (a, b) => means[a] != means[b] ? means[a].CompareTo(means[b]) : a.CompareTo(b));
            for (var rank = 0; rank < total; rank++)
            {
                var here = means[order[rank]];
                Set(kernels, order[rank], Width(rank > 0 ? here - means[order[rank - 1]] : double.NaN, here, rank < total - 1 ? means[order[rank + 1]] - here : double.NaN, least, range), constant);
            }

            return kernels;
        }

        Sweep(kernels, observations.Length, position, least, range, constant);
        for (var index = 0; index < observations.Length; index++)
        {
            kernels.Inverse[index] = inverses[observations[index]];
            constant[index] += constants[observations[index]];
            if (kernels.Kinds is { } kinds)
                kinds.Of[index] = kindOf[observations[index]];
        }

        return kernels;
    }

    /// <summary>ln of the kernels' masses on the cell of a value, by kind of kernel, before the mass of the whole range is taken out.</summary>
    public double[] LogMasses(double number)
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

    // In the order of the places: observations by the column's own order, with the further places merged in.
    private void Sweep(ParzenKernels kernels, int observations, ReadOnlySpan<int> position, double least, double range, Span<double> constant)
    {
        var means = kernels.Means;
        var rest = new int[means.Length - 1 - observations];
        for (var index = 0; index < rest.Length; index++)
            rest[index] = observations + index;
        Array.Sort(rest, (a, b) => means[a] != means[b] ? means[a].CompareTo(means[b]) : a.CompareTo(b));
        var (rank, next) = (0, 0);
        (int Rank, int Further, double Place) here = (-1, -1, 0);
        var (before, isFirst) = (double.NaN, true);
        while (true)
        {
            while (rank < sorted.Count && (sorted[rank] >= position.Length || position[sorted[rank]] < 0))
                rank++;
            var isEnd = rank == sorted.Count && next == rest.Length;
            var takesFurther = next < rest.Length && (rank == sorted.Count || means[rest[next]] < sortedPlaces[rank]);
            var after = isEnd ? double.NaN : takesFurther ? means[rest[next]] : sortedPlaces[rank];
            if (!isFirst)
            {
                var width = Width(here.Place - before, here.Place, after - here.Place, least, range);
                if (here.Further >= 0)
                    Set(kernels, here.Further, width, constant);
                else if (sortedWidths[here.Rank] != width)
                    Learn(here.Rank, width);
                before = here.Place;
            }

            if (isEnd)
                return;
            isFirst = false;
            here = takesFurther ? (-1, rest[next++], after) : (rank++, -1, after);
        }
    }

    // The gaps to the neighbours; NaN where there is none.
    private double Width(double below, double here, double above, double least, double range)
    {
        var gap = double.IsNaN(below) ? double.IsNaN(above) ? Math.Max(here - axis.Low, axis.High - here) : above
            : below > above || double.IsNaN(above) ? below : above;
        return gap < least ? least : gap > range ? range : gap;
    }

    private void Set(ParzenKernels kernels, int index, double width, Span<double> constant)
    {
        kernels.Inverse[index] = 1 / width;
        constant[index] += Constant(kernels.Means[index], width);
        if (kernels.Kinds is { } kinds)
            kinds.Of[index] = KindOf(kernels.Means[index], width);
    }

    private void Learn(int rank, double width)
    {
        var observation = sorted[rank];
        sortedWidths[rank] = width;
        inverses[observation] = 1 / width;
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

    private int Compare(int a, int b) => places[a] != places[b] ? places[a].CompareTo(places[b]) : numbers[a].CompareTo(numbers[b]);
}

/// <summary>One axis of a mixture's kernels; the last is the prior.</summary>
/// <param name="Axis">The parameter.</param>
/// <param name="Means">Place of each kernel.</param>
/// <param name="Inverse">One over the width of each kernel; empty for choices.</param>
/// <param name="Kinds">For discrete ranges, where to ask for masses and the kind of each kernel.</param>
internal sealed record ParzenKernels(ParzenAxis Axis, double[] Means, double[] Inverse, (ParzenColumn Column, int[] Of)? Kinds);
