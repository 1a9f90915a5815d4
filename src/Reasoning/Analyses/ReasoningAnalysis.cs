namespace Nola.Reasoning.Analyses;

/// <summary>What the items of studies tell beyond their rates.</summary>
/// <param name="Studies">Each study by what its programs are like.</param>
/// <param name="Comparisons">Two models asked the same, or one model asked in two ways.</param>
/// <param name="Rankings">Agreement of two rankings.</param>
public sealed record ReasoningAnalysis(ImmutableArray<StudyRates> Studies, ImmutableArray<Comparison> Comparisons, ImmutableArray<RankingPair> Rankings)
{
    /// <summary>Fewest things for which two rankings are compared: two agree by a coin's toss.</summary>
    public const int FewestRanked = 3;

    /// <summary>Analyses studies, of one experiment or of several that asked the same models about the same datasets.</summary>
    public static ReasoningAnalysis Of(IReadOnlyList<AnalysedStudy> studies)
    {
        var rates = studies.Select(StudyRates.Of).ToImmutableArray();
        return new(rates, [.. Compare(studies)], [.. Rank(rates, RankedThings.Models, study => study.Setting, study => study.Model), .. Rank(rates, RankedThings.Settings, study => study.Model, study => study.Setting)]);
    }

    private static IEnumerable<Comparison> Compare(IReadOnlyList<AnalysedStudy> studies) => new[]
    {
        from pair in Pairs(studies)
        where pair.First.Setting == pair.Second.Setting && pair.First.Model != pair.Second.Model
        select Of(ComparisonKind.Models, pair.First, pair.Second, RateChange.Of(pair.First.Paired, pair.Second.Paired)),

        from pair in Pairs(studies)
        where IsSameButForMethod(pair.First, pair.Second)
        select Of(ComparisonKind.Methods, pair.First, pair.Second, RateChange.Of(pair.First.Paired, pair.Second.Paired)),

        from ier in studies.Where(study => study.Task == "ier")
        from der in studies.Where(study => study.Task == "der" && (study.Model, study.Dataset, study.Budget) == (ier.Model, ier.Dataset, ier.Budget))
        select Of(ComparisonKind.DependentAgainstIndependent, ier, der, RateChange.DependentAgainstIndependent(ier.Paired, der.Paired)),
    }.SelectMany(kind => kind).OfType<Comparison>();

    // Null where they share no judged problem.
    private static Comparison? Of(ComparisonKind kind, AnalysedStudy first, AnalysedStudy second, RateChange? change) => change is null ? null : new(kind, first, second, change);

    private static bool IsSameButForMethod(AnalysedStudy first, AnalysedStudy second) =>
        (first.Task, first.Model, first.Dataset, first.Budget) == (second.Task, second.Model, second.Dataset, second.Budget) && first.Method != second.Method;

    // Each pair of rankings by one thing, of the other things.
    private static IEnumerable<RankingPair> Rank(ImmutableArray<StudyRates> studies, RankedThings things, Func<AnalysedStudy, string> by, Func<AnalysedStudy, string> of)
    {
        var rankings = studies.Where(rates => rates.All is not null)
            .GroupBy(rates => by(rates.Study))
            .Select(group => (group.Key, Scores: group.DistinctBy(rates => of(rates.Study)).ToDictionary(rates => of(rates.Study), rates => rates.All!.Rate.Value)))
            .ToArray();
        return Pairs(rankings).Select(pair => new RankingPair(things, pair.First.Key, pair.Second.Key, RankAgreement.Of(pair.First.Scores, pair.Second.Scores)))
            .Where(pair => pair.Agreement.Count >= FewestRanked);
    }

    private static IEnumerable<(T First, T Second)> Pairs<T>(IReadOnlyList<T> all) =>
        Enumerable.Range(0, all.Count).SelectMany(first => Enumerable.Range(first + 1, all.Count - first - 1).Select(second => (all[first], all[second])));
}

/// <summary>The rates of one study.</summary>
/// <param name="Study">The study.</param>
/// <param name="All">Over all problems; null when none was judged.</param>
/// <param name="Numbers">By cyclomatic complexity, lines, iterations of loops, each where it is known of some program.</param>
/// <param name="Tags">By construct; empty where programs were not parsed.</param>
/// <param name="OutputTypes">By type of the output; empty for tasks that predict none.</param>
public sealed record StudyRates(AnalysedStudy Study, GroupRate? All, ImmutableArray<RateTable> Numbers, ImmutableArray<GroupRate> Tags, ImmutableArray<GroupRate> OutputTypes)
{
    internal static StudyRates Of(AnalysedStudy study) => new(
        study,
        GroupedRates.OfAll(study.Items),
        [.. new[] { GroupedRates.ByComplexity(study.Items), GroupedRates.ByLines(study.Items), GroupedRates.ByLoopLength(study.Items) }.Where(table => !table.Groups.IsEmpty)],
        GroupedRates.ByTag(study.Items),
        study.PredictsOutputs ? GroupedRates.ByOutputType(study.Items) : []);
}

/// <summary>What is compared.</summary>
public enum ComparisonKind
{
    /// <summary>Two models that were asked the same.</summary>
    Models,

    /// <summary>One model asked with two methods, such as <c>sr</c> with and without a test.</summary>
    Methods,

    /// <summary>A model's reasoning about its own programs, where they are right, against that about the given ones.</summary>
    DependentAgainstIndependent,
}

/// <summary>Two studies over the problems that both judged.</summary>
public sealed record Comparison(ComparisonKind Kind, AnalysedStudy First, AnalysedStudy Second, RateChange Change);

/// <summary>What is ranked by its rate.</summary>
public enum RankedThings
{
    /// <summary>Models, under two settings.</summary>
    Models,

    /// <summary>Settings (task, dataset, method), by two models: whether the same is hard for both.</summary>
    Settings,
}

/// <summary>Two rankings of the same things.</summary>
public sealed record RankingPair(RankedThings Of, string First, string Second, RankAgreement Agreement);
