using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Specs;
using Nola.Client.Views;
using Nola.Data.Catalogue;
using Nola.Data.Downloads;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary><c>nola data</c>: the datasets that specs may name.</summary>
internal static class DataCommand
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    public static Command Create() => new("data", "Lists the datasets that specs may name, downloads those that need it, and verifies problems about programs.")
    {
        List(), Pull(), DataVerifyCommand.Create(),
    };

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "As JSON: an array of objects with name, summary, licence, isHere." };
        var folder = FolderOption();
        var command = new Command("ls", "Lists the datasets that a spec may name.\n\nExample:\n  nola data ls") { json, folder };
        command.SetAction(line =>
        {
            var terminal = Terminal.Of(line);
            var there = Path.GetFullPath(line.GetValue(folder) ?? BuiltInDatasets.DefaultFolder());
            var found = BuiltInDatasets.All.Select(dataset => (dataset.Name, dataset.Summary, Licence: "Made by Nola", IsHere: true))
                .Concat(DataCatalogue.All.Select(dataset => (dataset.Name, dataset.Summary, dataset.Licence, IsHere: dataset.In(there) is not null))).ToArray();
            if (line.GetValue(json))
            {
                terminal.Say(JsonOutput.Text(found.Select(dataset => new { dataset.Name, dataset.Summary, dataset.Licence, dataset.IsHere })));
                return ExitCodes.Success;
            }

            var table = Tables.Of("dataset", "here", "what it is, and its licence");
            foreach (var (name, summary, licence, isHere) in found)
                table.AddRow(Markup.Escape(name), isHere ? "yes" : "no", Markup.Escape($"{summary} {licence}."));
            terminal.Show(table);
            if (found.Any(dataset => !dataset.IsHere))
                terminal.Say("What is not here is downloaded by: nola data pull NAME");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Pull()
    {
        var names = new Argument<string[]>("dataset") { Description = "Names of datasets, as nola data ls shows them.", Arity = ArgumentArity.OneOrMore };
        var from = new Option<string?>("--from") { Description = "A folder with the files, instead of their public origin.", HelpName = "folder" };
        var folder = FolderOption();
        var command = new Command("pull",
            """
            Downloads datasets from their public origin at a fixed version, checks their checksums, and goes on with broken transfers.
            Of humaneval, mbpp and cruxeval it makes files of problems; the tests of the first two are parsed in the sandbox.

            Examples:
              nola data pull rct-20k
              nola data pull mts-dialog chemprot --from /mnt/mirror
              nola data pull humaneval mbpp cruxeval
            """) { names, from, folder };
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            var datasets = line.GetValue(names)!.Select(Find).ToArray();
            using var interruption = new Interruption();
            using var http = new HttpClient { Timeout = AnswerLimit };
            var pull = new DataPull(new(http, TimeProvider.System) { Remedy = DataPull.Remedy });
            foreach (var dataset in datasets)
            {
                try
                {
                    var there = Path.GetFullPath(line.GetValue(folder) ?? BuiltInDatasets.DefaultFolder());
                    var place = await pull.Pull(dataset, line.GetValue(from), there, new DownloadLines(terminal), interruption.Token);
                    if (dataset.IsProblems)
                        await ProblemsOfDataset.Make(dataset, there, terminal, interruption.Token);
                    else
                        terminal.Say($"{dataset.Name} is in {place}");
                }
                catch (DownloadException fault)
                {
                    throw new UserException(fault.Message, ExitCodes.Engine);
                }
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<string?> FolderOption() => new("--to")
    {
        HelpName = "folder",
        Description = "The data folder. Default: $NOLA_DATA, else nola/data in the user's folder for application data.",
    };

    private static KnownDataset Find(string name) => DataCatalogue.Find(name) ?? throw new UserException(
        BuiltInDatasets.All.Any(dataset => dataset.Name == name)
            ? $"'{name}' needs no download; name it in a spec."
            : $"There is no dataset '{name}'; {Suggestions.Remedy(name, [.. DataCatalogue.All.Select(dataset => dataset.Name)], "there are")}",
        ExitCodes.Usage);
}
