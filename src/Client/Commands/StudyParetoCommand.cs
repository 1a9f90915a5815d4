using System.CommandLine;
using System.Globalization;
using Nola.Client.Reports;
using Nola.Client.Specs;
using Nola.Client.Studies;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary><c>nola study pareto</c>: the sets of hyperparameters that no other beats in every respect.</summary>
internal static class StudyParetoCommand
{
    public static Command Create()
    {
        var by = CreateBy();
        var json = new Option<bool>("--json") { Description = "As JSON: an object with objectives and front." };
        var csv = new Option<bool>("--csv") { Description = "As comma-separated values, a line per set." };
        var command = new Command("pareto",
            """
            Shows the Pareto front of a study: the sets of hyperparameters that no other beats in every objective, by their means over the seeds.

            Besides the metrics that trials measure, they have seconds (training time), parameters (trained weights), memory (peak, bytes) and tokens.

            Examples:
              nola study pareto sweep
              nola study pareto sweep 1 --by macro-f1 --by parameters --by seconds
              nola study pareto sphere --by value:minimize --by seconds --csv
            """) { by, json, csv };
        var arguments = StudyArguments.AddTo(command, takesOne: true);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            var study = await arguments.ReadOne(line, cancellation);
            var front = Front.Of(study, ObjectivesOf(study, line.GetValue(by)));
            if (line.GetValue(json))
                terminal.Say(JsonOutput.Text(new { front.Objectives, Compared = front.Points.Length, Front = front.Best.Select(point => new { Trials = Numbers(point), point.Values, Parameters = point.Set.Parameters.ToDictionary() }) }));
            else if (line.GetValue(csv))
                terminal.Output.Write(Csv(front));
            else
                Show(study, front, terminal);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The option <c>--by</c>.</summary>
    public static Option<string[]> CreateBy() => new("--by")
    {
        Description = "An objective, with :minimize or :maximize behind it where that is not as usual; give it twice or more. Default: the study's objectives; where it has one, that and seconds.",
        HelpName = "metric", AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>The objectives that the option names. Throws when there is no such metric.</summary>
    public static ImmutableArray<Objective> ObjectivesOf(StudyRecord study, string[]? named)
    {
        if (named is not { Length: > 0 })
            return study.Objectives.Length > 1 ? study.Objectives : [study.Objective, new("seconds", Direction.Minimize)];
        var known = Front.NamesIn(study).ToArray();
        var objectives = named.Select(text =>
        {
            var (name, direction) = text.Split(':') switch
            {
                [var alone] => (alone, Front.DirectionOf(alone, study)),
                [var first, "minimize"] => (first, Direction.Minimize),
                [var first, "maximize"] => (first, Direction.Maximize),
                _ => throw new UserException($"--by is '{text}', but must be a metric, or a metric with :minimize or :maximize behind it.", ExitCodes.Usage),
            };
            return known.Contains(name) ? new Objective(name, direction)
                : throw new UserException($"No trial of {study.Title} has '{name}'; {Suggestions.Remedy(name, known, "there are")}", ExitCodes.Usage);
        }).DistinctBy(objective => objective.Metric).ToImmutableArray();
        return objectives.Length > 1 ? objectives : throw new UserException($"A front needs two objectives; name another one beside {objectives[0].Metric}: --by {known.First(name => name != objectives[0].Metric)}", ExitCodes.Usage);
    }

    private static void Show(StudyRecord study, Front front, Terminal terminal)
    {
        var words = string.Join(", ", front.Objectives.Select(objective => $"{(objective.Direction == Direction.Maximize ? "most" : "least")} {objective.Metric}"));
        terminal.Show(new Markup($"{study.Heading}: {Markup.Escape(words)}\n\n"));
        var table = Tables.Of([">trials", .. front.Objectives.Select(objective => ">" + objective.Metric), "parameters"]);
        foreach (var point in front.Best)
            table.AddRow([
                string.Join(", ", Numbers(point)), .. point.Values.Select(Words.Of),
                Markup.Escape(string.Join(", ", point.Set.Parameters.Select(parameter => $"{parameter.Key} {Words.Of(parameter.Value)}")))]);
        terminal.Show(table);
        terminal.Say(string.Create(CultureInfo.InvariantCulture, $"\n{front.Best.Count()} of {Words.Count(front.Points.Length, "set")} with a value for each objective{(front.Points.Count(point => !point.IsFeasible) is > 0 and var infeasible ? $"; {infeasible} infeasible" : "")}"));
    }

    private static string Csv(Front front)
    {
        var names = front.Best.SelectMany(point => point.Set.Parameters.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
        return CsvTable.Write(
            ["trials", .. front.Objectives.Select(objective => objective.Metric), .. names],
            front.Best.Select(point => (IEnumerable<object?>)[
                string.Join(' ', Numbers(point)), .. point.Values.Select(value => (object)value),
                .. names.Select(name => point.Set.Parameters.TryGetValue(name, out var value) ? value.ToString() : null)]));
    }

    private static IEnumerable<int> Numbers(FrontPoint point) => point.Set.Valued.Select(trial => trial.Id.Number);
}
