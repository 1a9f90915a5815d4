using System.Globalization;

namespace Nola.Client.Studies.Figures;

/// <summary>How much each parameter matters.</summary>
internal static class ImportanceFigure
{
    public static Figure? Of(Importances importances)
    {
        if (importances.Parameters.All(parameter => parameter.PedAnova == 0 && parameter.Fanova is null or 0))
            return null;
        var most = importances.Parameters.Max(parameter => Math.Max(parameter.PedAnova, parameter.Fanova ?? 0));
        var plot = new Plot(Scale.FromZero(most), new NameScale([.. importances.Parameters.Select(parameter => parameter.Parameter).Reverse()]), "importance", "", height: Math.Max(160, 70 + 40 * importances.Parameters.Length));
        foreach (var (index, parameter) in importances.Parameters.Reverse().Index())
        {
            plot.Bar(index, parameter.PedAnova, 0, 2, "one", string.Create(CultureInfo.InvariantCulture, $"{parameter.Parameter}: PED-ANOVA {parameter.PedAnova:0.000}"));
            if (parameter.Fanova is { } share)
                plot.Bar(index, share, 1, 2, "two", string.Create(CultureInfo.InvariantCulture, $"{parameter.Parameter}: fANOVA {share:0.000}"));
        }

        return new(
            "Importance of parameters",
            "<span class=\"key one\"></span> PED-ANOVA: what decides whether a set is among the best tenth. <span class=\"key two\"></span> fANOVA: share of the variance over the whole space.",
            [plot.Draw("importance of parameters")]);
    }
}
