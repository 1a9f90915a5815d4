using System.CommandLine;
using System.Globalization;
using Nola.Client.Reports;
using Nola.Client.Studies;
using Nola.Client.Views;
using Nola.Core.Reports;
using Nola.Core.Trials;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary><c>nola study best</c>: the best set of hyperparameters of each study.</summary>
internal static class StudyBestCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "As JSON: an array with an object per study." };
        var csv = new Option<bool>("--csv") { Description = "As comma-separated values, a line per study." };
        var command = new Command("best",
            """
            Shows the best set of hyperparameters of each study, with all digits: by the mean of the objective over its seeds.

            Examples:
              nola study best sweep
              nola study best sweep --json | jq .[0].parameters
            """) { json, csv };
        var arguments = StudyArguments.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            var studies = await arguments.Read(line, cancellation);
            if (line.GetValue(json))
                terminal.Say(JsonOutput.Text(studies.Select(Fields)));
            else if (line.GetValue(csv))
                terminal.Output.Write(Csv(studies));
            else
                terminal.Show(Render(studies));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The studies one below the other.</summary>
    public static Rows Render(ImmutableArray<StudyRecord> studies) => new(studies.SelectMany((study, index) =>
    {
        var heading = new Markup($"{(index > 0 ? "\n" : "")}{study.Heading}");
        var best = study.Best;
        if (best.IsEmpty)
            return new Spectre.Console.Rendering.IRenderable[] { heading, new Text(study.Trials.Any(trial => study.ValueOf(trial) is not null && !study.IsFeasible(trial)) ? $"no trial keeps the constraints; {Words.Count(study.Trials.Count(trial => !study.IsFeasible(trial)), "trial")} of {study.Trials.Length} infeasible" : "no trial has a value yet") };
        var words = $"best {study.Objective.Metric} {Words.Of(ValueOf(best))} in {Trials(best)} of {Words.Count(study.Trials.Length, "finished trial")}";
        var table = Tables.Of("parameter", "value");
        foreach (var (name, value) in best[0].Parameters)
            table.AddRow(Markup.Escape(name), Markup.Escape(value.ToString()));
        return best[0].Parameters.IsEmpty ? [heading, new Text(words)] : [heading, new Text(words), new Text(""), table];
    }));

    private static string Csv(ImmutableArray<StudyRecord> studies)
    {
        var names = studies.SelectMany(study => study.Best).SelectMany(trial => trial.Parameters.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
        return CsvTable.Write(
            ["study", "name", studies[0].Objective.Metric, "sd", "seeds", "trials", .. names],
            studies.Select(study =>
            {
                var best = study.Best;
                var value = best.IsEmpty ? null : ValueOf(best);
                return (IEnumerable<object?>)[
                    study.Spec.Index, study.Spec.Name, value?.Mean, value?.Deviation, best.Length, string.Join(' ', best.Select(trial => trial.Id.Number)),
                    .. names.Select(name => best.Length > 0 && best[0].Parameters.TryGetValue(name, out var own) ? own.ToString() : null)];
            }));
    }

    private static object Fields(StudyRecord study)
    {
        var best = study.Best;
        return new
        {
            Study = study.Spec.Index,
            study.Spec.Name,
            study.Objective,
            Value = best.IsEmpty ? null : ValueOf(best),
            Parameters = best.IsEmpty ? null : best[0].Parameters.ToDictionary(),
            Trials = best.Select(trial => new { Trial = trial.Id.Number, trial.Seed, Value = trial.Result.Objective, trial.Result.Metrics, trial.Result.Artifacts }),
        };
    }

    private static Statistic ValueOf(ImmutableArray<TrialRecord> best) => Statistic.Of(best.Select(trial => trial.Result.Objective!.Value));

    private static string Trials(ImmutableArray<TrialRecord> best) =>
        $"trial{(best.Length > 1 ? "s" : "")} {string.Join(", ", best.Select(trial => trial.Id.Number.ToString(CultureInfo.InvariantCulture)))}";
}
