using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Client.Studies.Figures;

/// <summary>A figure with its title and the sentence under it.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Caption">How to read it.</param>
/// <param name="Drawings">SVG texts; several where one figure is made of like parts.</param>
/// <param name="IsWide">Whether it takes the whole width of the page.</param>
internal sealed record Figure(string Title, string Caption, ImmutableArray<string> Drawings, bool IsWide = false)
{
    /// <summary>Trials that are drawn at most; of more, an even selection.</summary>
    public const int MostMarks = 1000;

    /// <summary>Shades from the worst to the best, which are the classes q0 to q8.</summary>
    public const int Shades = 9;

    /// <summary>An even selection of so many.</summary>
    public static T[] Some<T>(IReadOnlyList<T> all, int most = MostMarks) =>
        all.Count <= most ? [.. all] : [.. Enumerable.Range(0, most).Select(index => all[(int)((long)index * all.Count / most)])];

    /// <summary>The shade of a value by how many others it beats.</summary>
    public static Func<double, string> ShadeBy(Objective objective, IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return value =>
        {
            var at = Array.BinarySearch(sorted, value);
            var share = (at < 0 ? ~at : at) / (double)Math.Max(1, sorted.Length - 1);
            return $"q{(int)Math.Clamp((objective.Direction == Direction.Maximize ? share : 1 - share) * Shades, 0, Shades - 1)}";
        };
    }

    /// <summary>A trial in a line, for those who point at it.</summary>
    public static string Of(StudyRecord study, TrialRecord trial) => $"trial {trial.Id.Number}, {Words.Of(trial.Result.Outcome)}{(study.IsFeasible(trial) ? "" : ", infeasible")}{(study.ValueOf(trial) is { } value ? $", {study.Objective.Metric} {Words.Of(value)}" : "")}\n{Of(trial.Parameters)}";

    /// <summary>Parameters in lines.</summary>
    public static string Of(ImmutableSortedDictionary<string, ParameterValue> parameters) => string.Join('\n', parameters.Select(parameter => $"{parameter.Key} {Words.Of(parameter.Value)}"));
}
