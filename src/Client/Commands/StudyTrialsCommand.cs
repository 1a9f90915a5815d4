using System.CommandLine;
using Nola.Client.Studies;
using Nola.Client.Views;

namespace Nola.Client.Commands;

/// <summary><c>nola study trials</c>: every trial on a line.</summary>
internal static class StudyTrialsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "As JSON: an array with an object per trial." };
        var csv = new Option<bool>("--csv") { Description = "As comma-separated values, a column per parameter." };
        var command = new Command("trials",
            """
            Lists the trials of studies, those in flight too: state, value of the objective, parameters, duration, number of measurements.

            Of a pruned trial the value is the one it measured last.

            Examples:
              nola study trials sweep
              nola study trials sweep 0 --csv > trials.csv
            """) { json, csv };
        var arguments = StudyArguments.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            var studies = await arguments.Read(line, cancellation);
            var rows = TrialRow.Of(studies).ToArray();
            if (line.GetValue(json))
                terminal.Say(JsonOutput.Text(rows));
            else if (line.GetValue(csv))
                terminal.Output.Write(TrialRow.Csv(rows));
            else if (rows.Length == 0)
                terminal.Say("No trial has started yet.");
            else
                terminal.Show(TrialRow.Render(rows, studies[0].Objective.Metric));
            return ExitCodes.Success;
        });
        return command;
    }
}
