using System.CommandLine;
using Nola.Client.Studies.Figures;
using Nola.Client.Views;

namespace Nola.Client.Commands;

/// <summary><c>nola study figures</c>: a study as an HTML page.</summary>
internal static class StudyFiguresCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The file to write. Default: study.html.", HelpName = "file", DefaultValueFactory = _ => "study.html" };
        var by = StudyParetoCommand.CreateBy();
        var command = new Command("figures",
            """
            Writes a page with the figures of a study: history, importance, intermediate values, timeline, Pareto front, parallel coordinates, slices, contours.

            The page is one HTML file that loads nothing from elsewhere, light or dark as the reader's system is. Figures that would show nothing are left out;
            of more than 1000 trials they show an even selection.

            Examples:
              nola study figures sweep
              nola study figures sweep 1 --by macro-f1 --by parameters --out sweep.html
            """) { output, by };
        var arguments = StudyArguments.AddTo(command, takesOne: true);
        command.SetAction(async (line, cancellation) =>
        {
            var file = line.GetValue(output)!;
            var study = await arguments.ReadOne(line, cancellation);
            await File.WriteAllTextAsync(file, StudyPage.Write(study, StudyParetoCommand.ObjectivesOf(study, line.GetValue(by))), cancellation);
            Terminal.Of(line).Note($"The figures are in {file}");
            return ExitCodes.Success;
        });
        return command;
    }
}
