using System.CommandLine;
using System.Globalization;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Experiments;

namespace Nola.Client.Commands;

/// <summary><c>nola pause</c> and <c>nola cancel</c>.</summary>
internal static class ControlCommands
{
    public static Command Pause() => Create(
        "pause", "Stops an experiment for now: running trials save a checkpoint and give up their devices.\n\nExample:\n  nola pause sweep --cluster redis://nola-redis:6379",
        experiment => experiment.Pause(), "is paused; go on with: nola resume {0}{1}");

    public static Command Cancel() => Create(
        "cancel", "Ends an experiment for good: unfinished trials end as cancelled, finished ones stay.\n\nExample:\n  nola cancel sweep --cluster redis://nola-redis:6379",
        experiment => experiment.Cancel(), "is cancelled; what it has found is shown by: nola report {0}{1}", ExperimentState.Cancelled);

    private static Command Create(string name, string description, Func<IExperimentGrain, Task> act, string done, ExperimentState? asked = null)
    {
        var id = IdArgument.Create();
        var command = new Command(name, description) { id };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: false);
        command.SetAction(async (line, cancellation) =>
        {
            var name = line.GetValue(id)!;
            await using var engine = await engineOptions.OpenFor(name, line, cancellation);
            var experiment = await engine.Find(name);
            await Ended.Refuse(experiment, name, asked);
            await act(experiment);
            Terminal.Of(line).Say($"{name} {string.Format(CultureInfo.InvariantCulture, done, name, engine.Options)}");
            return ExitCodes.Success;
        });
        return command;
    }
}
