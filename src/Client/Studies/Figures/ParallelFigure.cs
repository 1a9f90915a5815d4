using System.Globalization;
using System.Net;
using System.Text;
using Nola.Client.Views;
using Nola.Core.Experiments;

namespace Nola.Client.Studies.Figures;

/// <summary>Every set as a line through the axes of all parameters.</summary>
internal static class ParallelFigure
{
    private const int MostAxes = 9, MostLines = 400, Height = 340, Top = 40, Bottom = 24;

    public static Figure? Of(StudyRecord study, IReadOnlyList<ParameterAxis> axes)
    {
        var sets = study.Sets.Where(set => set.Value is not null).ToArray();
        if (sets.Length < 2 || axes.Count == 0)
            return null;
        var shown = axes.Take(MostAxes).ToArray();
        var values = Scale.Around(sets.Select(set => set.Value!.Value));
        var shade = Figure.ShadeBy(study.Objective, sets.Select(set => set.Value!.Value));
        var width = Math.Max(640, 150 * (shown.Length + 1));
        var gap = (width - 180.0) / shown.Length;
        var text = new StringBuilder($"<svg viewBox=\"0 0 {width} {Height}\" role=\"img\" aria-label=\"parallel coordinates\">");
        // The best are drawn last, over the others.
        foreach (var set in Figure.Some([.. sets.OrderBy(set => study.Objective.Direction == Direction.Maximize ? set.Value : -set.Value)], MostLines))
        {
            var line = new StringBuilder();
            foreach (var (index, place) in shown.Select(axis => axis.Of(set.Parameters) is { } value ? axis.Scale.At(value) : (double?)null).Prepend(values.At(set.Value!.Value)).Index())
                line.Append(place is { } share ? Format($"{(line.Length == 0 || line[^1] == ' ' ? 'M' : 'L')}{90 + index * gap:0.#},{Y(share):0.#}") : " ");
            text.Append($"<path class=\"line thread {shade(set.Value!.Value)}\" d=\"{line}\"><title>{WebUtility.HtmlEncode($"{study.Objective.Metric} {Words.Of(set.Value!.Value)}\n{Figure.Of(set.Parameters)}")}</title></path>");
        }

        foreach (var (index, (name, scale)) in shown.Select(axis => (axis.Name, axis.Scale)).Prepend((study.Objective.Metric, values)).Index())
        {
            var x = 90 + index * gap;
            text.Append(Format($"<line class=\"axis\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/><text class=\"middle\" x=\"{x:0.#}\" y=\"20\">{WebUtility.HtmlEncode(name)}</text>"));
            foreach (var (value, label) in scale.Ticks)
                text.Append(Format($"<text class=\"tick over\" x=\"{x + 5:0.#}\" y=\"{Y(scale.At(value)) + 4:0.#}\">{WebUtility.HtmlEncode(label)}</text>"));
        }

        return new("Parallel coordinates", $"Every set of hyperparameters is a line; the stronger its colour, the better its {WebUtility.HtmlEncode(study.Objective.Metric)}. A line ends where a parameter does not exist.", [text.Append("</svg>").ToString()], IsWide: true);
    }

    private static double Y(double share) => Height - Bottom - share * (Height - Bottom - Top);

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
