namespace Nola.Client.Studies.Figures;

/// <summary>The value over pairs of the most important parameters, interpolated.</summary>
internal static class ContourFigure
{
    private const int Columns = 60, Rows = 40, MostAxes = 3;

    public static Figure? Of(StudyRecord study, IReadOnlyList<ParameterAxis> axes)
    {
        var ordered = axes.Where(axis => axis.IsOrdered).Take(MostAxes).ToArray();
        var sets = Figure.Some([.. study.Sets.Where(set => set.Value is not null)], 500);
        var drawings =
            from first in Enumerable.Range(0, ordered.Length)
            from second in Enumerable.Range(first + 1, ordered.Length - first - 1)
            let drawing = Draw(study, sets, ordered[first], ordered[second])
            where drawing is not null
            select drawing;
        return drawings.ToImmutableArray() is { IsEmpty: false } all
            ? new("Contours", "The value between the sets, interpolated by the inverse square of the distance on the axes; the stronger the colour, the better. Points are sets.", all, IsWide: true)
            : null;
    }

    private static string? Draw(StudyRecord study, TrialSet[] sets, ParameterAxis across, ParameterAxis up)
    {
        var points = sets.Where(set => across.Of(set.Parameters) is not null && up.Of(set.Parameters) is not null)
            .Select(set => (Set: set, X: across.Scale.At(across.Of(set.Parameters)!.Value), Y: up.Scale.At(up.Of(set.Parameters)!.Value), Value: set.Value!.Value)).ToArray();
        if (points.Length < 4)
            return null;
        var field = Enumerable.Range(0, Rows * Columns).Select(cell => Between((cell % Columns + 0.5) / Columns, (cell / Columns + 0.5) / Rows)).ToArray();
        var shade = Figure.ShadeBy(study.Objective, field);
        var plot = new Plot(across.Scale, up.Scale, across.Name, up.Name, 420, 320);
        for (var row = 0; row < Rows; row++)
        {
            // Neighbours of one shade are one rectangle.
            for (var from = 0; from < Columns;)
            {
                var own = ShadeAt(from, row);
                var to = from + 1;
                while (to < Columns && ShadeAt(to, row) == own)
                    to++;
                plot.Cell(from / (double)Columns, row / (double)Rows, to / (double)Columns, (row + 1.0) / Rows, "cell " + own);
                from = to;
            }
        }

        foreach (var point in points)
            plot.Point(across.Of(point.Set.Parameters)!.Value, up.Of(point.Set.Parameters)!.Value, "dot", Figure.Of(study, point.Set.Trials[0]), 2.5);
        return plot.Draw($"value over {across.Name} and {up.Name}");

        string ShadeAt(int column, int row) => shade(field[row * Columns + column]);

        double Between(double x, double y)
        {
            var (sum, weights) = (0.0, 0.0);
            foreach (var point in points)
            {
                var weight = 1 / ((point.X - x) * (point.X - x) + (point.Y - y) * (point.Y - y) + 1e-3);
                (sum, weights) = (sum + weight * point.Value, weights + weight);
            }

            return sum / weights;
        }
    }
}
