using System.CommandLine;
using Nola.Client.Reports;
using Nola.Contracts;
using Nola.Core.Reports;
using Nola.Core.Trials;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary><c>nola report</c>: what an experiment has found so far.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var id = IdArgument.Create();
        var format = new Option<string>("--format", "-f") { Description = "table, md, csv or json.", DefaultValueFactory = _ => "table" };
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
            await using var engine = await engineOptions.Open(line, cancellation);
            await Write(await engine.Find(line.GetValue(id)!), line.GetValue(json) ? "json" : line.GetValue(format)!);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Computes the report of an experiment and writes it to standard output.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="format">table, md, csv or json.</param>
    public static async Task Write(IExperimentGrain experiment, string format)
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
                Console.Write(ReportMarkdown.Write(report));
                break;
            case "csv":
                Console.Write(ReportCsv.Write(report));
                break;
            case "json":
                Console.WriteLine(ReportJson.Write(report));
                break;
            default:
                ReportTable.Write(report, AnsiConsole.Console);
                break;
        }
    }
}
