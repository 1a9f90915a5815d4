using System.Globalization;
using System.Net;
using System.Text;

namespace Nola.Client.Studies.Figures;

/// <summary>One figure as SVG: two axes and what is drawn between them. Colours are classes of the page's style.</summary>
internal sealed class Plot
{
    private const int Top = 14, Right = 14;
    private readonly StringBuilder marks = new();
    private readonly Scale across, up;
    private readonly string acrossTitle, upTitle;
    private readonly int width, height, left, bottom;

    /// <param name="across">Horizontal scale.</param>
    /// <param name="up">Vertical scale.</param>
    /// <param name="acrossTitle">What the horizontal axis is.</param>
    /// <param name="upTitle">What the vertical axis is; empty for names that explain themselves.</param>
    /// <param name="width">Width in pixels at full size.</param>
    /// <param name="height">Height.</param>
    public Plot(Scale across, Scale up, string acrossTitle, string upTitle, int width = 640, int height = 320)
    {
        (this.across, this.up, this.acrossTitle, this.upTitle, this.width, this.height) = (across, up, acrossTitle, upTitle, width, height);
        left = 24 + (upTitle.Length > 0 ? 18 : 0) + Math.Min(200, 7 * up.Ticks.Select(tick => tick.Label.Length).DefaultIfEmpty().Max());
        bottom = acrossTitle.Length > 0 ? 46 : 28;
    }

    public double X(double value) => left + across.At(value) * (width - left - Right);

    public double Y(double value) => height - bottom - up.At(value) * (height - bottom - Top);

    /// <summary>A point; the title is shown when the pointer rests on it.</summary>
    public void Point(double x, double y, string style, string title, double radius = 3.5) =>
        marks.Append(Format($"<circle class=\"{style}\" cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"{radius:0.#}\">{Title(title)}</circle>"));

    /// <summary>A line through points.</summary>
    public void Line(IEnumerable<(double X, double Y)> points, string style, string title = "") =>
        marks.Append(Format($"<polyline class=\"line {style}\" points=\"{string.Join(' ', points.Select(point => Format($"{X(point.X):0.#},{Y(point.Y):0.#}")))}\">{Title(title)}</polyline>"));

    /// <summary>A rectangle between two corners in values.</summary>
    public void Box(double x, double y, double toX, double toY, string style, string title = "") =>
        Pixels(Math.Min(X(x), X(toX)), Math.Min(Y(y), Y(toY)), Math.Abs(X(toX) - X(x)), Math.Abs(Y(toY) - Y(y)), style, title);

    /// <summary>A rectangle in shares of the area between the axes.</summary>
    public void Cell(double x, double y, double toX, double toY, string style)
    {
        var (w, h) = (width - left - Right, height - bottom - Top);
        Pixels(left + x * w, Top + (1 - toY) * h, (toX - x) * w, (toY - y) * h, style, "");
    }

    /// <summary>A horizontal bar from the axis at a named place, <paramref name="part"/> of <paramref name="parts"/> that share the place.</summary>
    public void Bar(double place, double value, int part, int parts, string style, string title)
    {
        var room = (height - bottom - Top) / (double)Math.Max(1, up.Ticks.Count());
        var thick = Math.Min(16, room * 0.7 / parts);
        Pixels(X(0), Y(place) + (part - parts / 2.0) * thick, Math.Max(1, X(value) - X(0)), thick - 1, style, title);
    }

    /// <summary>The figure.</summary>
    /// <param name="label">What it shows, for those who do not see it.</param>
    public string Draw(string label)
    {
        var text = new StringBuilder(Format($"<svg viewBox=\"0 0 {width} {height}\" style=\"max-width:{width}px\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(label)}\">"));
        foreach (var (value, name) in up.Ticks)
        {
            if (up is not NameScale)
                text.Append(Format($"<line class=\"grid\" x1=\"{left}\" x2=\"{width - Right}\" y1=\"{Y(value):0.#}\" y2=\"{Y(value):0.#}\"/>"));
            text.Append(Format($"<text class=\"tick end\" x=\"{left - 6}\" y=\"{Y(value) + 4:0.#}\">{WebUtility.HtmlEncode(Short(name))}</text>"));
        }

        foreach (var (value, name) in Fitting())
            text.Append(Format($"<line class=\"grid\" x1=\"{X(value):0.#}\" x2=\"{X(value):0.#}\" y1=\"{Top}\" y2=\"{height - bottom}\"/><text class=\"tick middle\" x=\"{X(value):0.#}\" y=\"{height - bottom + 16}\">{WebUtility.HtmlEncode(Short(name))}</text>"));
        text.Append(Format($"<path class=\"axis\" d=\"M{left} {Top}V{height - bottom}H{width - Right}\"/>")).Append(marks);
        if (acrossTitle.Length > 0)
            text.Append(Format($"<text class=\"middle\" x=\"{(left + width - Right) / 2}\" y=\"{height - 8}\">{WebUtility.HtmlEncode(acrossTitle)}</text>"));
        if (upTitle.Length > 0)
            text.Append(Format($"<text class=\"middle\" transform=\"translate(14 {(height - bottom + Top) / 2}) rotate(-90)\">{WebUtility.HtmlEncode(upTitle)}</text>"));
        return text.Append("</svg>").ToString();
    }

    // Labels that would touch the one before are left out.
    private IEnumerable<(double Value, string Label)> Fitting()
    {
        var free = double.NegativeInfinity;
        foreach (var (value, name) in across.Ticks)
        {
            var half = Short(name).Length * 3.5 + 3;
            if (X(value) - half < free)
                continue;
            free = X(value) + half;
            yield return (value, name);
        }
    }

    private void Pixels(double x, double y, double w, double h, string style, string title) =>
        marks.Append(Format($"<rect class=\"{style}\" x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{w:0.##}\" height=\"{h:0.##}\">{Title(title)}</rect>"));

    private static string Short(string name) => name.Length <= 28 ? name : name[..27] + "…";

    private static string Title(string title) => title.Length == 0 ? "" : $"<title>{WebUtility.HtmlEncode(title)}</title>";

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
