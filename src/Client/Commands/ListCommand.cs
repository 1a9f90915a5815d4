using System.CommandLine;
using System.Globalization;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Experiments;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary><c>nola ls</c>: the experiments of a store or a cluster.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "As JSON: an array of objects with id, state, submittedAt, endedAt, trialsEnded, trialsPlanned." };
        var command = new Command("ls", "Lists experiments, newest first.\n\nExample:\n  nola ls --json") { json };
        var engineOptions = EngineOptions.AddTo(command, runsTrials: false);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            await using var engine = await engineOptions.OpenExisting(line, cancellation);
            var found = engine is null ? [] : await Task.WhenAll((await engine.Catalog.List()).Select(async entry => (Entry: entry, Status: Abandoned.AsSeen(engine, await engine.Grains.GetGrain<IExperimentGrain>(entry.Id).GetStatus()))));
            if (line.GetValue(json))
                terminal.Say(JsonOutput.Text(found.Select(item => new
                {
                    item.Entry.Id,
                    State = State(item.Entry, item.Status),
                    item.Entry.SubmittedAt,
                    item.Entry.EndedAt,
                    TrialsEnded = item.Status?.Counts.Total ?? 0,
                    TrialsPlanned = item.Status?.Planned,
                })));
            else
                Show(found, terminal);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Show((CatalogEntry Entry, ExperimentStatus? Status)[] found, Terminal terminal)
    {
        if (found.Length == 0)
        {
            terminal.Say("There are no experiments here yet; start one with: nola run SPEC");
            return;
        }

        var table = Tables.Of("experiment", "state", ">trials", "submitted", "ended");
        foreach (var (entry, status) in found)
            table.AddRow(
                Markup.Escape(entry.Id),
                State(entry, status),
                string.Create(CultureInfo.InvariantCulture, $"{status?.Counts.Total ?? 0}{(status?.Planned is { } planned ? $"/{planned}" : "")}"),
                Time(entry.SubmittedAt),
                entry.EndedAt is { } end ? Time(end) : "");
        terminal.Show(table);
    }

    private static string State(CatalogEntry entry, ExperimentStatus? status) => (status?.State ?? entry.State).ToString().ToLowerInvariant();

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
