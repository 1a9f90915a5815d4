using System.CommandLine;
using Nola.Client.Hosting;

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
            await using var engine = await engineOptions.Open(line, interruption.Token);
            var name = line.GetValue(id)!;
            var experiment = await engine.Find(name);
            await Abandoned.Pause(engine, exceptFor: name);
            await experiment.Resume();
            if (engine.IsHere)
                return await viewOptions.FollowToTheEnd(line, engine, name, interruption);
            Console.WriteLine($"{name} goes on; follow it with: nola watch {name}");
            return ExitCodes.Success;
        });
        return command;
    }
}
