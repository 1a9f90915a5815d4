using System.Diagnostics.CodeAnalysis;
using Nola.Client.Hosting;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Experiments;

namespace Nola.Client.Commands;

/// <summary>Experiments of this machine whose process was killed: they would go on by themselves and take slots from the one asked for.</summary>
internal static class Abandoned
{
    /// <summary>What a command that offers no devices shows of an experiment: one that only this process has open does not run, whatever its store says.</summary>
    [return: NotNullIfNotNull(nameof(status))]
    public static ExperimentStatus? AsSeen(Engine engine, ExperimentStatus? status) => status is not null && Is(engine, status)
        ? status with { State = ExperimentState.Paused, Notice = Notice(engine, status) }
        : status;

    /// <summary>Whether an experiment that this process only looks at is to run, but does not.</summary>
    public static bool Is(Engine engine, ExperimentStatus status) => engine.IsHere && IsAtWork(status.State);

    /// <summary>Says so, and how to go on.</summary>
    public static string Notice(Engine engine, ExperimentStatus status) => $"No process runs it now; go on with: nola resume {status.Id}{engine.Options}";

    /// <summary>Pauses them and says so. Nothing is done to a cluster's experiments.</summary>
    public static async Task Pause(Engine engine, string? exceptFor, Terminal terminal)
    {
        if (!engine.IsHere)
            return;
        foreach (var entry in await engine.Catalog.List())
        {
            if (!IsAtWork(entry.State) || entry.Id == exceptFor)
                continue;
            await engine.Grains.GetGrain<IExperimentGrain>(entry.Id).Pause();
            terminal.Note($"{entry.Id} was interrupted earlier and waits; go on with: nola resume {entry.Id}{engine.Options}");
        }
    }

    private static bool IsAtWork(ExperimentState state) => state is ExperimentState.Running or ExperimentState.Queued;
}
