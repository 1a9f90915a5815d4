namespace Nola.Client.Studies.Figures;

/// <summary>The value over each parameter alone.</summary>
internal static class SliceFigure
{
    public static Figure? Of(StudyRecord study, IReadOnlyList<ParameterAxis> axes)
    {
        var sets = study.Sets.Where(set => set.Value is not null).ToArray();
        if (sets.Length < 2 || axes.Count == 0)
            return null;
        var values = Scale.Around(sets.Select(set => set.Value!.Value));
        return new(
            "Slices",
            "The value over each parameter, the most important first; the stronger the colour of a point, the later in the study.",
            [.. axes.Select(axis =>
            {
                var plot = new Plot(axis.Scale, values, axis.Name, study.Objective.Metric, 320, 240);
                foreach (var set in Figure.Some(sets))
                {
                    if (axis.Of(set.Parameters) is { } place)
                        plot.Point(place, set.Value!.Value, $"q{3 + (long)set.Number * (Figure.Shades - 3) / (sets[^1].Number + 1)}", Figure.Of(study, set.Trials[0]), 3);
                }

                return plot.Draw($"value over {axis.Name}");
            })],
            IsWide: true);
    }
}
