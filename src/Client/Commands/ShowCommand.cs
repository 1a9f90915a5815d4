using System.CommandLine;
using System.Globalization;
using Nola.Client.Studies;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary><c>nola show</c>: one experiment with its studies, or one study with its trials.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var id = IdArgument.Create();
        var study = new Option<int?>("--study") { Description = "Number of a study, to list its finished trials.", HelpName = "number" };
        var spec = new Option<bool>("--spec") { Description = "The spec file as it was submitted." };
        var json = new Option<bool>("--json") { Description = "As JSON; times are in seconds." };
        var command = new Command("show",
            """
            Shows where an experiment stands: studies, running trials, budgets; or the finished trials of one study; or the spec.

            Examples:
              nola show quickstart
              nola show quickstart --study 1 --json
              nola show quickstart --spec > again.yaml
            """) { id, study, spec, json };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: false);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            await using var engine = await engineOptions.OpenFor(line.GetValue(id)!, line, cancellation);
            var experiment = await engine.Find(line.GetValue(id)!);
            var status = Abandoned.AsSeen(engine, (await experiment.GetStatus())!);
            if (line.GetValue(spec))
                terminal.Output.Write((await experiment.GetSpec())!.SourceText);
            else if (line.GetValue(study) is { } number)
                await ShowStudy(number);
            else if (line.GetValue(json))
                terminal.Say(JsonOutput.Text(status));
            else
                terminal.Show(LiveScreen.Render(status, terminal.Width));
            return ExitCodes.Success;

            async Task ShowStudy(int number)
            {
                if (number < 0 || number >= status.Studies.Length)
                    throw new UserException($"--study is {number}; {status.Id} has the studies 0 to {status.Studies.Length - 1}.", ExitCodes.Usage);
                var trials = (await StudyReader.AllTrials(experiment, number)).OrderBy(trial => trial.Id.Number).ToArray();
                if (line.GetValue(json))
                    terminal.Say(JsonOutput.Text(trials));
                else
                    terminal.Show(Render(status, number, trials));
            }
        });
        return command;
    }

    /// <summary>The finished trials of a study, the best by the objective marked.</summary>
    public static Rows Render(ExperimentStatus status, int study, IReadOnlyList<TrialRecord> trials)
    {
        var hasParameters = trials.Any(trial => trial.Parameters.Count > 0);
        var wasLost = trials.Any(trial => trial.Attempts > 1);
        IEnumerable<string> headings = [">trial", ">seed", ">best " + status.Objective.Metric, .. Where(hasParameters, "parameters"), "outcome", ">training", .. Where(wasLost, ">attempts"), "on"];
        var table = Tables.Of(headings);
        foreach (var trial in trials)
            table.AddRow([
                trial.Id.Number.ToString(CultureInfo.InvariantCulture),
                trial.Seed.ToString(CultureInfo.InvariantCulture),
                trial.Result.Objective is { } value ? (trial.Id.Number == status.Studies[study].BestTrial ? $"[green]* {Words.Of(value)}[/]" : Words.Of(value)) : "",
                .. Where(hasParameters, Markup.Escape(string.Join(", ", trial.Parameters.Select(parameter => $"{parameter.Key} {Words.Of(parameter.Value)}")))),
                Markup.Escape(Words.Of(trial.Result.Outcome)),
                Words.Of(trial.TotalUsage.TrainingTime),
                .. Where(wasLost, trial.Attempts.ToString(CultureInfo.InvariantCulture)),
                Markup.Escape(Places.Short(trial.Place)),
            ]);
        return new(new Markup(Tables.HeadingOf(status.Id, study, status.Studies[study].Name)), new Text(""), table);

        static IEnumerable<string> Where(bool isShown, string cell) => isShown ? [cell] : [];
    }
}
