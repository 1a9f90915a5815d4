using System.Globalization;
using Nola.Client.Views;
using Nola.Reasoning.Analyses;

namespace Nola.Client.Reports.Analyses;

/// <summary>The tables of the analyses, the same in a terminal and in Markdown; those that would be empty are left out.</summary>
internal static class AnalysisTables
{
    private const string Interval = ">95 % interval";

    private static readonly (string Name, string Title)[] Numbers =
        [("complexity", "By cyclomatic complexity"), ("lines", "By lines of code"), ("iterations", "By iterations of loops")];

    private static readonly (ComparisonKind Kind, string Title)[] Comparisons =
    [
        (ComparisonKind.Models, "Models on the same problems"),
        (ComparisonKind.Methods, "Methods on the same problems"),
        (ComparisonKind.DependentAgainstIndependent, "Reasoning about own programs (der, where they are right) against given ones (ier)"),
    ];

    /// <summary>All tables, most important first.</summary>
    public static IEnumerable<AnalysisTable> Of(ReasoningAnalysis analysis)
    {
        var names = StudyNames.Of([.. analysis.Studies.Select(rates => rates.Study.Name)]).Own;
        var studies = analysis.Studies.Zip(names, (rates, name) => (Name: name, Rates: rates)).ToArray();
        return new[]
        {
            new AnalysisTable("Right answers", ["study", ">problems", ">rate", Interval],
                [.. studies.Where(study => study.Rates.All is not null).Select(study => Row(study.Name, Count(study.Rates.All!.Count), Rate(study.Rates.All.Rate.Value), Ends(study.Rates.All.Rate)))]),
        }
            .Concat(Numbers.Select(number => ByNumber(number.Name, number.Title, studies)))
            .Append(Grid("By construct, rate (problems)", [.. studies.Select(study => (study.Name, study.Rates.Tags, (double?)null))]))
            .Append(new("By type of the output", ["study", "type", ">problems", ">rate", Interval, ">type match", ">value match"],
                [
                    .. from study in studies
                       from rate in study.Rates.OutputTypes
                       select Row(study.Name, rate.Group, Count(rate.Count), Rate(rate.Rate.Value), Ends(rate.Rate), Rate(rate.TypeMatch), Rate(rate.ValueMatch)),
                ]))
            .Concat(Comparisons.Select(kind => Compared(kind.Title, analysis.Comparisons.Where(comparison => comparison.Kind == kind.Kind))))
            .Append(Ranked("Agreement of settings on the ranking of models", RankedThings.Models, analysis))
            .Append(Ranked("Agreement of models on the ranking of settings", RankedThings.Settings, analysis))
            .Where(table => !table.Rows.IsEmpty);
    }

    private static AnalysisTable ByNumber(string name, string title, (string Name, StudyRates Rates)[] studies) => Grid(
        $"{title}, rate (problems), with Spearman's ρ",
        [
            .. from study in studies
               from table in study.Rates.Numbers
               where table.Number == name
               select (study.Name, table.Groups, (double?)table.Spearman),
        ]);

    // A row for each study, a column for each group that some study has.
    private static AnalysisTable Grid(string title, ImmutableArray<(string Name, ImmutableArray<GroupRate> Groups, double? Spearman)> studies)
    {
        string[] groups = [.. studies.SelectMany(study => study.Groups.Select(group => group.Group)).Distinct().OrderBy(FirstNumber).ThenBy(name => name, StringComparer.Ordinal)];
        var hasCorrelation = studies.Any(study => study.Spearman is not null);
        return new(
            title,
            ["study", .. groups, .. hasCorrelation ? [">ρ"] : Array.Empty<string>()],
            [
                .. studies.Where(study => !study.Groups.IsEmpty).Select(study => Row([
                    study.Name,
                    .. groups.Select(name => study.Groups.FirstOrDefault(group => group.Group == name) is { } group ? $"{Rate(group.Rate.Value)} ({Count(group.Count)})" : ""),
                    .. study.Spearman is { } spearman ? [Correlation(spearman)] : Array.Empty<string>(),
                ])),
            ]);
    }

    private static AnalysisTable Compared(string title, IEnumerable<Comparison> comparisons)
    {
        var rows = comparisons.Select(comparison => (Names: NamesOf(comparison), comparison.Change)).ToArray();
        var own = StudyNames.Of([.. rows.Select(row => row.Names.Of)]).Own;
        return new(
            title,
            ["of", "first", "second", ">problems", ">first", ">second", ">change", Interval, ">right alone", ">p"],
            [
                .. rows.Zip(own, (row, of) => Row(
                    of, row.Names.First, row.Names.Second, Count(row.Change.Count), Rate(row.Change.Before), Rate(row.Change.After), Signed(row.Change.Change.Value), Ends(row.Change.Change, Signed),
                    $"{Count(row.Change.Test.OnlyFirst)} : {Count(row.Change.Test.OnlySecond)}", Probability(row.Change.Test.PValue))),
            ]);
    }

    // What both share, then what tells them apart.
    private static (string Of, string First, string Second) NamesOf(Comparison comparison) => comparison switch
    {
        { Kind: ComparisonKind.Models, First: var first, Second: var second } => (first.Setting, first.Model, second.Model),
        { Kind: ComparisonKind.Methods, First: var first, Second: var second } => ($"{first.Task} / {first.Model} / {first.Dataset}", first.Method, second.Method),
        { First: var first, Second: var second } => ($"{first.Model} / {first.Dataset}", $"ier {first.Method}", $"der {second.Method}"),
    };

    private static AnalysisTable Ranked(string title, RankedThings things, ReasoningAnalysis analysis) => new(
        title,
        ["first", "second", ">ranked", ">ρ", ">τ-b"],
        [
            .. analysis.Rankings.Where(pair => pair.Of == things)
                .Select(pair => Row(pair.First, pair.Second, Count(pair.Agreement.Count), Correlation(pair.Agreement.Spearman), Correlation(pair.Agreement.Kendall))),
        ]);

    private static ImmutableArray<string> Row(params ReadOnlySpan<string> cells) => [.. cells];

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Rate(double? rate) => rate?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";

    private static string Signed(double change) => change.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static string Correlation(double value) => value.ToString("0.00;-0.00;0.00", CultureInfo.InvariantCulture);

    private static string Probability(double value) => value < 0.001 ? "< 0.001" : value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Ends(Interval interval, Func<double, string>? format = null) =>
        string.Join(" … ", new[] { interval.Low, interval.High }.Select(format ?? (value => Rate(value))));

    private static int FirstNumber(string group) => int.TryParse(new string([.. group.TakeWhile(char.IsAsciiDigit)]), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
