using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Views;
using Nola.Core.Experiments;

namespace Nola.Client.Commands;

/// <summary><c>nola resume</c>: goes on with a paused or interrupted experiment.</summary>
internal static class ResumeCommand
{
    public static Command Create()
    {
        var id = IdArgument.Create();
        var command = new Command("resume",
            """
            Goes on with an experiment that was paused, interrupted or killed; trials continue from their last checkpoint.

            Examples:
              nola resume quickstart
              nola resume sweep --cluster redis://nola-redis:6379
            """) { id };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: true);
        var viewOptions = ViewOptions.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            using var interruption = new Interruption();
            await using var engine = await engineOptions.OpenFor(line.GetValue(id)!, line, interruption.Token);
            var name = line.GetValue(id)!;
            var experiment = await engine.Find(name);
            await Ended.Refuse(experiment, name, ExperimentState.Finished);
            await Abandoned.Pause(engine, exceptFor: name, Terminal.Of(line));
            await experiment.Resume();
            // One that has finished shows its report once more, so that a script may resume until it is done.
            if (engine.IsHere)
                return await viewOptions.FollowToTheEnd(line, engine, name, interruption);
            Terminal.Of(line).Say($"{name} goes on; follow it with: nola watch {name}{engine.Options}");
            return ExitCodes.Success;
        });
        return command;
    }
}
