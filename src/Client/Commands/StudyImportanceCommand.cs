using System.CommandLine;
using System.Globalization;
using Nola.Client.Reports;
using Nola.Client.Studies;
using Nola.Client.Views;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Nola.Client.Commands;

/// <summary><c>nola study importance</c>: which parameters matter.</summary>
internal static class StudyImportanceCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "As JSON: an array with an object per study." };
        var csv = new Option<bool>("--csv") { Description = "As comma-separated values, a line per parameter." };
        var command = new Command("importance",
            """
            Shows how much each parameter of a search matters, by two measures that sum to 1.

            PED-ANOVA: how much the parameter decides whether a set of hyperparameters is among the best tenth. fANOVA: the share of the variance of the
            objective over the whole space that the parameter explains alone, from a random forest. Sets without a value do not count.

            Examples:
              nola study importance sweep
              nola study importance sweep 2 --csv
            """) { json, csv };
        var arguments = StudyArguments.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            var studies = (await arguments.Read(line, cancellation)).Where(study => !study.Space.IsEmpty).Select(study => (Study: study, Importances: Importances.Of(study))).ToArray();
            if (studies.Length == 0)
                throw new UserException("No study named here searches over parameters.", ExitCodes.Usage);
            if (line.GetValue(json))
                terminal.Say(JsonOutput.Text(studies.Select(item => new { Study = item.Study.Spec.Index, item.Study.Spec.Name, item.Importances.Results, item.Importances.Parameters })));
            else if (line.GetValue(csv))
                terminal.Output.Write(CsvTable.Write(
                    ["study", "name", "parameter", "PED-ANOVA", "fANOVA"],
                    studies.SelectMany(item => item.Importances.Parameters.Select(parameter => (IEnumerable<object?>)[item.Study.Spec.Index, item.Study.Spec.Name, parameter.Parameter, parameter.PedAnova, parameter.Fanova]))));
            else
                terminal.Show(Render(studies));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>A table per study.</summary>
    public static Rows Render(IReadOnlyList<(StudyRecord Study, Importances Importances)> studies) => new(studies.SelectMany((item, index) =>
    {
        var table = Tables.Of("parameter", ">PED-ANOVA", ">fANOVA", "");
        foreach (var parameter in item.Importances.Parameters)
            table.AddRow(Markup.Escape(parameter.Parameter), Number(parameter.PedAnova), Number(parameter.Fanova), new string('█', (int)Math.Round(parameter.PedAnova * 40)));
        return new IRenderable[]
        {
            new Markup($"{(index > 0 ? "\n" : "")}{item.Study.Heading}, {Words.Count(item.Importances.Results, "set")} with a value"),
            new Text(""),
            table,
        };
    }));

    private static string Number(double? importance) => importance?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";
}
