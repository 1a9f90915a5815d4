using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Views;

namespace Nola.Client.Commands;

/// <summary><c>nola run</c>: an experiment from spec file to report.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var spec = SpecArgument.Create();
        var name = SubmitCommand.NameOption();
        var command = new Command("run",
            """
            Runs an experiment until it is done and shows its report.

            Without --cluster its trials run on this machine. Ctrl-C lets running trials save a checkpoint and stops; nola resume goes on.

            Examples:
              nola run examples/quickstart.yaml
              nola run sweep.yaml --slots 2 --store /data/nola
              nola run sweep.yaml --json > report.json
            """) { spec, name };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: true);
        var viewOptions = ViewOptions.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            if (SpecArgument.Load(line.GetValue(spec)!, terminal) is not { } experiment)
                return ExitCodes.Usage;
            using var interruption = new Interruption();
            await using var engine = await engineOptions.Open(line, interruption.Token);
            await Abandoned.Pause(engine, exceptFor: null, terminal);
            var id = await SubmitCommand.Submit(engine, experiment, line.GetValue(name), interruption.Token);
            return await viewOptions.FollowToTheEnd(line, engine, id, interruption);
        });
        return command;
    }
}
