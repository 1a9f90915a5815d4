using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Specs;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Experiments;

namespace Nola.Client.Commands;

/// <summary><c>nola submit</c>: hands an experiment over and returns.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var spec = SpecArgument.Create();
        var name = NameOption();
        var command = new Command("submit",
            """
            Hands an experiment to a cluster, or stores it here for nola silo or nola resume, and prints its id.

            Examples:
              nola submit sweep.yaml --cluster redis://nola-redis:6379
              nola submit sweep.yaml && nola resume sweep
            """) { spec, name };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: false);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            if (SpecArgument.Load(line.GetValue(spec)!, terminal) is not { } experiment)
                return ExitCodes.Usage;
            await using var engine = await engineOptions.Open(line, cancellation);
            terminal.Say(await Submit(engine, experiment, line.GetValue(name), cancellation));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The option by which an experiment gets another name than its spec says.</summary>
    public static Option<string?> NameOption() => new("--name") { HelpName = "name", Description = "Name of the experiment. Default: the spec's name; where it is taken, with a number behind it." };

    /// <summary>Submits under the first free id of the name, and returns the id.</summary>
    public static async Task<string> Submit(Engine engine, ExperimentSpec spec, string? name, CancellationToken cancellation)
    {
        var id = await engine.Catalog.NewId(name ?? spec.Name);
        await engine.Grains.GetGrain<IExperimentGrain>(id).Submit(await SpecChecksums.Take(spec, cancellation));
        return id;
    }
}
