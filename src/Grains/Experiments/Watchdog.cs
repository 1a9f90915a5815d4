using Microsoft.Extensions.DependencyInjection;
using Orleans.Timers;

namespace Nola.Grains.Experiments;

/// <summary>
/// A reminder that calls an experiment once a minute while it is running, where the cluster has reminders: a second way back to work besides
/// the scheduler, which wakes all unfinished experiments every few seconds.
/// </summary>
internal sealed class Watchdog(Grain experiment)
{
    private const string Name = "watchdog";
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private bool? isOn;

    /// <summary>Makes sure that the reminder is set.</summary>
    public async Task Start()
    {
        if (isOn == true || Registry is not { } registry)
            return;
        await registry.RegisterOrUpdateReminder(experiment.GrainContext.GrainId, Name, Period, Period);
        isOn = true;
    }

    /// <summary>Makes sure that it is not.</summary>
    public async Task Stop()
    {
        if (isOn == false || Registry is not { } registry)
            return;
        if (await registry.GetReminder(experiment.GrainContext.GrainId, Name) is { } reminder)
            await registry.UnregisterReminder(experiment.GrainContext.GrainId, reminder);
        isOn = false;
    }

    private IReminderRegistry? Registry => experiment.GrainContext.ActivationServices.GetService<IReminderRegistry>();
}
