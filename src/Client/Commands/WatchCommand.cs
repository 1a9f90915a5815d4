using System.CommandLine;
using Nola.Client.Hosting;

namespace Nola.Client.Commands;

/// <summary><c>nola watch</c>: follows an experiment that runs elsewhere.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var id = IdArgument.Create();
        var command = new Command("watch", "Follows an experiment until it ends. Ctrl-C stops watching, not the experiment.\n\nExample:\n  nola watch sweep --cluster redis://nola-redis:6379") { id };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: false);
        var viewOptions = ViewOptions.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            using var interruption = new Interruption();
            await using var engine = await engineOptions.OpenFor(line.GetValue(id)!, line, interruption.Token);
            var status = (await (await engine.Find(line.GetValue(id)!)).GetStatus())!;
            if (Abandoned.Is(engine, status))
                throw new UserException($"{status.Id} does not run: {Abandoned.Notice(engine, status)}", ExitCodes.Interrupted);
            return await viewOptions.FollowToTheEnd(line, engine, line.GetValue(id)!, interruption);
        });
        return command;
    }
}
