using System.CommandLine;
using Nola.Client.Reports;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Reports;
using Nola.Core.Trials;

namespace Nola.Client.Commands;

/// <summary><c>nola report</c>: what an experiment has found so far.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var id = IdArgument.Create();
        var format = new Option<string?>("--format", "-f") { Description = "How it is written. Default: table.", HelpName = "table|md|csv|json" };
        format.AcceptOnlyFromAmong("table", "md", "csv", "json");
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var command = new Command("report",
            """
            Shows what an experiment has found: per study mean and standard deviation over seeds, time, memory, cost and holistic efficiency.

            Examples:
              nola report quickstart
              nola report quickstart --format csv > quickstart.csv
            """) { id, format, json };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: false);
        command.SetAction(async (line, cancellation) =>
        {
            await using var engine = await engineOptions.OpenFor(line.GetValue(id)!, line, cancellation);
            await Write(await engine.Find(line.GetValue(id)!), line.GetValue(json) ? "json" : line.GetValue(format) ?? "table", Terminal.Of(line));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Computes the report of an experiment and writes it.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="format">table, md, csv or json.</param>
    /// <param name="terminal">Where to.</param>
    public static async Task Write(IExperimentGrain experiment, string format, Terminal terminal)
    {
        var spec = (await experiment.GetSpec())!;
        var status = (await experiment.GetStatus())!;
        var trials = new List<IReadOnlyList<TrialRecord>>();
        foreach (var study in status.Studies)
            trials.Add(await ShowCommand.AllTrials(experiment, study.Index));
        var report = ReportBuilder.Build(spec, status, trials);
        switch (format)
        {
            case "md":
                terminal.Output.Write(ReportMarkdown.Write(report));
                break;
            case "csv":
                terminal.Output.Write(ReportCsv.Write(report));
                break;
            case "json":
                terminal.Say(ReportJson.Write(report));
                break;
            default:
                terminal.Show(ReportTable.Render(report, terminal.Width));
                break;
        }
    }
}
