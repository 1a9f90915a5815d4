using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Reports;
using Nola.Client.Reports.Analyses;
using Nola.Client.Studies;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Reports;
using Nola.Core.Trials;
using Nola.Reasoning.Analyses;

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
        var analyses = new Option<bool>("--analyses") { Description = "Of experiments that ask about programs: rates with intervals, by what programs are like, and tests between models and methods." };
        var with = new Option<string[]>("--with") { Description = "Further experiments to compare with in the analyses, such as der with ier.", HelpName = "experiment", AllowMultipleArgumentsPerToken = false };
        var items = new Option<string?>("--items") { Description = "A file (.csv or .jsonl) for every answer with the features of its program; goes with --analyses.", HelpName = "file" };
        var command = new Command("report",
            """
            Shows what an experiment has found: per study mean and standard deviation over seeds, time, memory, cost and holistic efficiency.

            Programs are parsed and run in the sandbox of this machine for the analyses (docs/reasoning.md); where there is none, those that need it are left out.

            Examples:
              nola report quickstart
              nola report quickstart --format csv > quickstart.csv
              nola report mbpp-ier --analyses --with mbpp-der --items answers.csv
            """) { id, format, json, analyses, with, items };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: false);
        command.SetAction(async (line, cancellation) =>
        {
            var (name, terminal, others) = (line.GetValue(id)!, Terminal.Of(line), line.GetValue(with) ?? []);
            var written = line.GetValue(json) ? "json" : line.GetValue(format) ?? "table";
            if (!line.GetValue(analyses) && (others.Length > 0 || line.GetValue(items) is not null))
                throw new UserException($"{(others.Length > 0 ? "--with" : "--items")} goes with --analyses; add it.", ExitCodes.Usage);
            await using var engine = await engineOptions.OpenFor(name, line, cancellation);
            if (!line.GetValue(analyses))
            {
                await Write(await engine.Find(name), written, terminal);
                return ExitCodes.Success;
            }

            using var interruption = new Interruption();
            var studies = new List<AnalysedStudy>();
            foreach (var experiment in others.Prepend(name))
                studies.AddRange(await AnalysisReader.Read(await engine.Find(experiment), terminal, interruption.Token));
            if (studies.Count == 0)
                throw new UserException("There is nothing to analyse: no trial has ended with answers that can be read here.", ExitCodes.TrialsFailed);
            if (line.GetValue(items) is { } file)
                ItemsTable.Write(studies, file);
            AnalysisText.Write(ReasoningAnalysis.Of(studies), written, terminal);
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
            trials.Add(await StudyReader.AllTrials(experiment, study.Index));
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
