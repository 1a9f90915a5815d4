using System.CommandLine;
using System.Globalization;
using Nola.Client.Hosting;
using Nola.Client.Searches;
using Nola.Client.Specs;
using Nola.Client.Views;
using Nola.Core.Functions;
using Nola.Search.Pruners;
using Nola.Search.Samplers;

namespace Nola.Client.Commands;

/// <summary><c>nola bench</c>: what samplers and pruners find on functions whose optimum is known.</summary>
internal static class BenchCommand
{
    private static readonly ImmutableArray<string> Functions = [.. TestFunction.All.Where(function => !function.Space.Parameters.IsEmpty).Select(function => function.Name)];
    private static readonly ImmutableArray<string> Samplers = [.. SamplerFactory.Names.Where(name => name != "grid")];
    private static readonly ImmutableArray<string> Pruners = ["none", .. PrunerFactory.Names];

    public static Command Create()
    {
        var functions = Names("--function", "Functions", Functions, "all with one objective");
        var samplers = Names("--samplers", "Samplers", Samplers, "random,tpe");
        var pruners = Names("--pruners", "Pruners, or none", Pruners, "none");
        var seeds = Number("--seeds", "Studies of each, which differ in their seed.", "20");
        var trials = Number("--trials", "Trials of each study.", "100");
        var parallelism = Number("--parallelism", "Trials that run at once, simulated.", "1");
        var time = Number("--time", "Simulated time of each study, in durations of a whole trial, instead of a number of trials.", "none");
        var steps = Number("--steps", "Reports per trial, where there is a pruner.", "64");
        var json = new Option<bool>("--json") { Description = "As JSON: an array of objects with function, sampler, pruner, trials, parallelism, median, quartiles, gaps, time." };
        var command = new Command("bench",
            """
            Compares samplers and pruners on functions whose optimum is known: the best of each study minus the optimum, median and quartiles over seeds.

            Everything is computed in this process; time is simulated, in durations of a whole trial. With a pruner, trials have learning curves that begin as
            far above their ends as half of all random points lie above the optimum. Of zdt1, which has two objectives, the gap is the area that its Pareto
            front misses. A pruner shows what it gains when all have the same --time. The functions are described in docs/search.md.

            Examples:
              nola bench
              nola bench --function hartmann6 --samplers tpe,random,gp --seeds 20 --trials 100 --parallelism 8
              nola bench --function branin,mixed-lora --samplers tpe --pruners none,halving,median --time 4 --parallelism 8 --json
            """) { functions, samplers, pruners, seeds, trials, time, parallelism, steps, json };
        command.SetAction(line =>
        {
            var terminal = Terminal.Of(line);
            var race = new Race
            {
                Functions = [.. Chosen(line, functions, Functions, [.. Functions.Where(name => TestFunction.Find(name)!.Objectives == 1)]).Select(name => TestFunction.Find(name)!)],
                Samplers = Chosen(line, samplers, Samplers, ["random", "tpe"]),
                Pruners = Chosen(line, pruners, Pruners, ["none"]),
                Seeds = Read(line, seeds, 20, 100_000),
                Trials = Read(line, trials, 100, 1_000_000),
                Parallelism = Read(line, parallelism, 1, 100_000),
                Time = line.GetValue(time) is null ? null : Read(line, time, 0, 1_000_000),
                Steps = Read(line, steps, 64, 1_000_000),
            };
            if (race.Fault is { } fault)
                throw new UserException(fault, ExitCodes.Usage);
            using var interruption = new Interruption();
            using (var progress = new ProgressLine(terminal, "searched", race.Studies))
                race.Run(progress.Show, interruption.Token);
            if (line.GetValue(json))
                terminal.Say(JsonOutput.Text(race.Results.Select(Json)));
            else if (!race.Results.IsEmpty)
                terminal.Show(race.Table());
            return interruption.Token.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Success;
        });
        return command;
    }

    // A study none of whose trials came to its end has no gap.
    private static object Json(RaceResult result) => new
    {
        result.Function, result.Sampler, result.Pruner, result.Trials, result.Parallelism, Median = Finite(result.Median),
        Quartiles = result.Quartiles.Select(Finite), Gaps = result.Gaps.Select(Finite), result.Time,
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static Option<string?> Names(string name, string what, ImmutableArray<string> known, string otherwise) =>
        new(name) { Description = $"{what}, separated by commas, of {string.Join(", ", known)}. Default: {otherwise}.", HelpName = "names" };

    private static Option<int?> Number(string name, string what, string otherwise) => new(name) { Description = $"{what} Default: {otherwise}.", HelpName = "number" };

    private static ImmutableArray<string> Chosen(ParseResult line, Option<string?> option, ImmutableArray<string> known, ImmutableArray<string> otherwise)
    {
        if (line.GetValue(option) is not { } text)
            return otherwise;
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToImmutableArray();
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } stranger)
            throw new UserException($"{option.Name} has '{stranger}'; {Suggestions.Remedy(stranger, known, "there are")}", ExitCodes.Usage);
        return names.IsEmpty ? throw new UserException($"{option.Name} names nothing; there are {string.Join(", ", known)}", ExitCodes.Usage) : names;
    }

    private static int Read(ParseResult line, Option<int?> option, int otherwise, int most)
    {
        var value = line.GetValue(option) ?? otherwise;
        return value >= 1 && value <= most ? value : throw new UserException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}; give 1 to {most}."), ExitCodes.Usage);
    }
}
