using System.CommandLine;
using System.Globalization;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary><c>nola show</c>: one experiment with its studies, or one study with its trials.</summary>
internal static class ShowCommand
{
    private const int PageSize = 200;

    public static Command Create()
    {
        var id = IdArgument.Create();
        var study = new Option<int?>("--study") { Description = "Number of a study, to list its finished trials." };
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var command = new Command("show",
            """
            Shows where an experiment stands: studies, running trials, budgets; with --study the finished trials of one study.

            Examples:
              nola show quickstart
              nola show quickstart --study 1 --json
            """) { id, study, json };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: false);
        command.SetAction(async (line, cancellation) =>
        {
            await using var engine = await engineOptions.Open(line, cancellation);
            var experiment = await engine.Find(line.GetValue(id)!);
            var status = (await experiment.GetStatus())!;
            if (line.GetValue(study) is not { } number)
            {
                if (line.GetValue(json))
                    JsonOutput.Write(status);
                else
                    AnsiConsole.Write(LiveScreen.Render(status));
                return ExitCodes.Success;
            }

            if (number < 0 || number >= status.Studies.Length)
                throw new UserException($"--study is {number}; {status.Id} has the studies 0 to {status.Studies.Length - 1}.", ExitCodes.Usage);
            var trials = await AllTrials(experiment, number);
            if (line.GetValue(json))
                JsonOutput.Write(trials);
            else
                AnsiConsole.Write(Table(status, trials));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>All finished trials of a study.</summary>
    public static async Task<IReadOnlyList<TrialRecord>> AllTrials(IExperimentGrain experiment, int study)
    {
        var trials = new List<TrialRecord>();
        while (await experiment.GetTrials(study, trials.Count, PageSize) is { IsEmpty: false } page)
            trials.AddRange(page);
        return trials;
    }

    private static Table Table(ExperimentStatus status, IReadOnlyList<TrialRecord> trials)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(
            new TableColumn("trial").RightAligned(), new TableColumn("seed").RightAligned(), new TableColumn(status.Objective.Metric).RightAligned(),
            new TableColumn("parameters"), new TableColumn("outcome"), new TableColumn("training").RightAligned(), new TableColumn("attempts").RightAligned());
        foreach (var trial in trials)
            table.AddRow(
                trial.Id.Number.ToString(CultureInfo.InvariantCulture),
                trial.Seed.ToString(CultureInfo.InvariantCulture),
                trial.Result.Objective is { } value ? Words.Of(value) : "",
                Markup.Escape(string.Join(", ", trial.Parameters.Select(parameter => $"{parameter.Key} {Words.Of(parameter.Value)}"))),
                Markup.Escape(Words.Of(trial.Result.Outcome)),
                Words.Of(trial.TotalUsage.TrainingTime),
                trial.Attempts.ToString(CultureInfo.InvariantCulture));
        return table;
    }
}
