using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Experiments;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary>How a command that follows an experiment shows it, the same for all such commands.</summary>
internal sealed class ViewOptions
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(60);

    private readonly Option<bool> plain = new("--plain") { Description = "Plain lines instead of a live screen; the default when the output is no terminal." };
    private readonly Option<bool> json = new("--json") { Description = "The report as JSON on standard output; progress goes to standard error." };

    private ViewOptions()
    {
    }

    /// <summary>Adds the options to a command.</summary>
    public static ViewOptions AddTo(Command command)
    {
        var options = new ViewOptions();
        command.Add(options.plain);
        command.Add(options.json);
        return options;
    }

    /// <summary>Shows the experiment until it ends, then its report. Returns the exit code.</summary>
    public async Task<int> FollowToTheEnd(ParseResult line, Engine engine, string id, Interruption interruption)
    {
        var terminal = Terminal.Of(line);
        var experiment = await engine.Find(id);
        ExperimentStatus last;
        try
        {
            last = await Follow(line, experiment, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return await Leave(engine, experiment, id, terminal);
        }

        if (last.State == ExperimentState.Paused)
        {
            terminal.Note($"{id} is paused; go on with: nola resume {id}{engine.Options}");
            return ExitCodes.Interrupted;
        }

        await ReportCommand.Write(experiment, line.GetValue(json) ? "json" : "table", terminal);
        return ExitCodes.Of(last);
    }

    private async Task<ExperimentStatus> Follow(ParseResult line, IExperimentGrain experiment, CancellationToken stop)
    {
        var terminal = Terminal.Of(line);
        var follower = new Follower(experiment, TimeProvider.System);
        if (!line.GetValue(plain) && !line.GetValue(json) && terminal.Screen is { } screen)
            return await screen.Live(new Text("")).AutoClear(true).StartAsync(
                live => follower.Follow(now => live.UpdateTarget(LiveScreen.Render(now.Status, screen.Profile.Width, screen.Profile.Height)), stop));
        var log = new LogView(line.GetValue(json) ? terminal.Error : terminal.Output, TimeProvider.System);
        return await follower.Follow(log.Show, stop);
    }

    // Trials in this process save a checkpoint and stop; a cluster goes on without us.
    private static async Task<int> Leave(Engine engine, IExperimentGrain experiment, string id, Terminal terminal)
    {
        if (!engine.IsHere)
        {
            terminal.Note($"{id} goes on; follow it with: nola watch {id}{engine.Options}");
            return ExitCodes.Interrupted;
        }

        terminal.Note("Stopping: running trials save a checkpoint. Press Ctrl-C again to stop at once; nothing is lost either way.");
        await experiment.Pause();
        using var limit = new CancellationTokenSource(LongestDrain);
        try
        {
            await new Follower(experiment, TimeProvider.System).Follow(_ => { }, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // What is still running goes on from its last checkpoint.
        }

        terminal.Note($"{id} is paused; go on with: nola resume {id}{engine.Options}");
        return ExitCodes.Interrupted;
    }
}
