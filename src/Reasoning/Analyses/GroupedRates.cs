using Nola.Core.Scoring;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Scoring;
using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Analyses;

/// <summary>A judged problem with what its program is like.</summary>
/// <param name="Problem">The problem.</param>
/// <param name="Judgement">How it was judged; only right and wrong ones count.</param>
/// <param name="Features">Of its program; null where they are not known, then it counts by lines and output type alone.</param>
public sealed record AnalysedItem(Problem Problem, Judgement Judgement, ProgramFeatures? Features)
{
    /// <summary>Number of the sample, from 0.</summary>
    public int Sample { get; init; }

    /// <summary>Seed of the trial.</summary>
    public int Seed { get; init; }
}

/// <summary>The rate of right answers in a group of problems.</summary>
/// <param name="Group">Name of the group, such as <c>for</c> or <c>3-4</c>.</param>
/// <param name="Count">Problems in it.</param>
/// <param name="Rate">Share of right answers with its 95 % bootstrap interval.</param>
public sealed record GroupRate(string Group, int Count, Interval Rate)
{
    /// <summary>Share of answers of the right type; null where types are not told apart.</summary>
    public double? TypeMatch { get; init; }

    /// <summary>Share of right answers among those of the right type; null where there is none.</summary>
    public double? ValueMatch { get; init; }
}

/// <summary>Rates of right answers by what programs are like: the tables of §5 and §8 of arXiv 2402.09664.</summary>
public static class GroupedRates
{
    /// <summary>Of all; null when none was judged.</summary>
    public static GroupRate? OfAll(IEnumerable<AnalysedItem> items) => Judged(items).ToList() is { Count: > 0 } all ? Rate("all", all) : null;

    /// <summary>By cyclomatic complexity, rounded.</summary>
    public static RateTable ByComplexity(IEnumerable<AnalysedItem> items) => ByNumber("complexity", items, item => item.Features?.Complexity, [1, 2, 3, 4, 5, 7, 10]);

    /// <summary>By lines that are not blank.</summary>
    public static RateTable ByLines(IEnumerable<AnalysedItem> items) => ByNumber("lines", items, item => ProgramFeatures.LinesOf(item.Problem), [1, 6, 11, 16, 21, 31, 51]);

    /// <summary>By iterations of all loops, of programs with loops that were run.</summary>
    public static RateTable ByLoopLength(IEnumerable<AnalysedItem> items) =>
        ByNumber("iterations", items, item => item.Features is { Iterations: > 0 } features ? features.Iterations : null, [1, 6, 11, 21, 51, 101, 1001]);

    /// <summary>By construct; a program counts under each of its tags.</summary>
    public static ImmutableArray<GroupRate> ByTag(IEnumerable<AnalysedItem> items) =>
    [
        .. Judged(items).Where(item => item.Features is not null).SelectMany(item => item.Features!.Tags.Select(tag => (tag, item)))
            .GroupBy(pair => pair.tag, pair => pair.item, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => Rate(group.Key, [.. group])),
    ];

    /// <summary>By type of the true output, with type match and value match.</summary>
    public static ImmutableArray<GroupRate> ByOutputType(IEnumerable<AnalysedItem> items) =>
    [
        .. Judged(items).Where(item => item.Problem.Output is not null).GroupBy(item => OutputTypes.Of(item.Problem.Output!)).OrderBy(group => group.Key).Select(group =>
        {
            var typed = group.Where(item => item.Judgement.Prediction is { } prediction && OutputTypes.Of(prediction) == group.Key).ToList();
            return Rate(group.Key.ToString().ToLowerInvariant(), [.. group]) with
            {
                TypeMatch = typed.Count / (double)group.Count(),
                ValueMatch = typed.Count == 0 ? null : typed.Count(item => item.Judgement.IsRight) / (double)typed.Count,
            };
        }),
    ];

    private static RateTable ByNumber(string name, IEnumerable<AnalysedItem> items, Func<AnalysedItem, double?> number, int[] starts)
    {
        var known = Judged(items).Where(item => number(item) is not null).Select(item => (Number: number(item)!.Value, Item: item)).ToList();
        var groups = known.GroupBy(pair => Array.FindLastIndex(starts, start => start <= Math.Max(starts[0], Math.Round(pair.Number)))).OrderBy(group => group.Key);
        // As in the paper, the correlation is between a value and the rate of the problems with it.
        var byValue = known.GroupBy(pair => Math.Round(pair.Number)).Select(group => (group.Key, Rate: group.Average(pair => pair.Item.Judgement.IsRight ? 1.0 : 0))).ToList();
        return new(
            name,
            [.. groups.Select(group => Rate(NameOf(starts, group.Key), [.. group.Select(pair => pair.Item)]))],
            Ranks.Spearman([.. byValue.Select(pair => pair.Key)], [.. byValue.Select(pair => pair.Rate)]));
    }

    private static string NameOf(int[] starts, int index) =>
        index == starts.Length - 1 ? $"{starts[index]}+"
        : starts[index + 1] - 1 == starts[index] ? $"{starts[index]}"
        : $"{starts[index]}-{starts[index + 1] - 1}";

    // A problem's samples are not independent of each other: problems are drawn, each with the mean of its samples.
    private static GroupRate Rate(string group, IReadOnlyList<AnalysedItem> items)
    {
        double[] problems = [.. items.GroupBy(item => (item.Problem.Dataset, item.Problem.Id)).Select(problem => problem.Average(item => item.Judgement.IsRight ? 1.0 : 0))];
        return new(group, problems.Length, Bootstrap.Mean(problems));
    }

    private static IEnumerable<AnalysedItem> Judged(IEnumerable<AnalysedItem> items) => items.Where(item => item.Judgement.Kind is JudgementKind.Right or JudgementKind.Wrong);
}

/// <summary>Rates by a number.</summary>
/// <param name="Number">What was counted.</param>
/// <param name="Groups">Rates in order of the number; groups without problems are left out.</param>
/// <param name="Spearman">Spearman's ρ between the number, rounded, and the rate of the problems that have it.</param>
public sealed record RateTable(string Number, ImmutableArray<GroupRate> Groups, double Spearman);
