namespace Nola.Search;

/// <summary>Which results of a study with several objectives are better: non-dominated sorting (Deb et al., "NSGA-II", IEEE TEC 6(2), 2002).</summary>
public static class ParetoFront
{
    /// <summary>The results that no other result beats in every objective.</summary>
    public static ImmutableArray<Observation> Of(IReadOnlyList<Observation> observations)
    {
        var usable = observations.Where(IsUsable).ToArray();
        return usable.Length == 0 ? [] : [.. Order(usable)[0].Select(index => usable[index])];
    }

    /// <summary>Whether it has a number for every objective.</summary>
    internal static bool IsUsable(Observation observation) =>
        observation.State == ObservationState.Completed && !observation.Objectives.IsDefaultOrEmpty && !observation.Objectives.Any(double.IsNaN);

    /// <summary>Whether one result beats another: it breaks constraints by less, or is nowhere worse and somewhere better.</summary>
    internal static bool Beats(Observation one, Observation other)
    {
        if (one.Violation > 0 || other.Violation > 0)
            return one.Violation < other.Violation;
        var isBetter = false;
        for (var objective = 0; objective < one.Objectives.Length; objective++)
        {
            if (one.Objectives[objective] > other.Objectives[objective])
                return false;
            isBetter |= one.Objectives[objective] < other.Objectives[objective];
        }

        return isBetter;
    }

    /// <summary>Positions front by front, within a front those in the emptiest regions first.</summary>
    internal static List<List<int>> Order(IReadOnlyList<Observation> observations)
    {
        var beatenBy = new int[observations.Count];
        var beats = Enumerable.Range(0, observations.Count).Select(_ => new List<int>()).ToArray();
        for (var a = 0; a < observations.Count; a++)
        {
            for (var b = 0; b < observations.Count; b++)
            {
                if (a == b || !Beats(observations[a], observations[b]))
                    continue;
                beats[a].Add(b);
                beatenBy[b]++;
            }
        }

        var fronts = new List<List<int>>();
        var front = Enumerable.Range(0, observations.Count).Where(index => beatenBy[index] == 0).ToList();
        while (front.Count > 0)
        {
            fronts.Add(Spread(observations, front));
            var next = new List<int>();
            foreach (var loser in front.SelectMany(index => beats[index]))
            {
                if (--beatenBy[loser] == 0)
                    next.Add(loser);
            }

            front = next;
        }

        return fronts;
    }

    // By crowding distance: the ends of every objective first.
    private static List<int> Spread(IReadOnlyList<Observation> observations, List<int> front)
    {
        var distance = front.ToDictionary(index => index, _ => 0.0);
        for (var objective = 0; objective < observations[front[0]].Objectives.Length; objective++)
        {
            var sorted = front.OrderBy(index => observations[index].Objectives[objective]).ThenBy(index => observations[index].Number).ToArray();
            var range = observations[sorted[^1]].Objectives[objective] - observations[sorted[0]].Objectives[objective];
            distance[sorted[0]] = distance[sorted[^1]] = double.PositiveInfinity;
            for (var rank = 1; rank < sorted.Length - 1 && range > 0; rank++)
                distance[sorted[rank]] += (observations[sorted[rank + 1]].Objectives[objective] - observations[sorted[rank - 1]].Objectives[objective]) / range;
        }

        return [.. front.OrderByDescending(index => distance[index]).ThenBy(index => observations[index].Number)];
    }
}
