using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Specs;
using Nola.Client.Views;
using Nola.Silo.Workers;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary><c>nola models</c>: the models that specs may name without a path.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "As JSON: an array of objects with name, summary, folder." };
        var command = new Command("models",
            """
            Lists the models that a spec may name without a path, and where they lie: those of Nola, and those downloaded from the Hugging Face hub.

            Any other model is named by its Hugging Face folder, { id: bert, path: ./models/bert-base }, or by its place on the hub, hf:org/name.

            Example:
              nola models
            """) { json, Pull(), Import() };
        command.SetAction(line =>
        {
            var terminal = Terminal.Of(line);
            using var hub = HubModels.Open();
            var found = ModelCatalogue.All.Select(model => new { model.Name, model.Summary, Folder = ModelCatalogue.Find(model.Name, ModelCatalogue.DefaultFolders()) })
                .Concat(hub.Here.Select(model => new { Name = $"hf:{model.Pinned.Repository}", Summary = $"Of the Hugging Face hub, commit {model.Pinned.Commit}.", Folder = (string?)model.Folder })).ToArray();
            if (line.GetValue(json))
            {
                terminal.Say(JsonOutput.Text(found));
                return ExitCodes.Success;
            }

            var table = Tables.Of("model", "what it is", "folder");
            foreach (var model in found)
                table.AddRow(Markup.Escape(model.Name), Markup.Escape(model.Summary), Markup.Escape(model.Folder ?? "not here: models/" + model.Name + " is in no folder above the program or this one"));
            terminal.Show(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Pull()
    {
        var names = new Argument<string[]>("model") { Description = "Models or adapters of the Hugging Face hub: hf:org/name or hf:org/name@revision.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("pull",
            """
            Downloads models from the Hugging Face hub, checks their checksums, and goes on with broken transfers.

            A spec that names hf:org/name downloads it too; this does so beforehand, as for a machine that has no network later (HF_HUB_OFFLINE=1).

            Variables: HF_TOKEN for private and gated models, HF_ENDPOINT for a mirror, NOLA_CACHE for another folder than ~/.cache/nola.

            Examples:
              nola models pull hf:google-bert/bert-base-uncased
              nola models pull hf:dmis-lab/biobert-base-cased-v1.2@main hf:prajjwal1/bert-tiny
            """) { names };
        command.SetAction(async line =>
        {
            var terminal = Terminal.Of(line);
            using var interruption = new Interruption();
            foreach (var typed in line.GetValue(names)!)
            {
                var model = await HubModels.Bring(typed, terminal, interruption.Token);
                terminal.Say($"{model.Pinned} is in {model.Folder}");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "The model, such as stories15M.bin." };
        var tokenizer = new Option<string>("--tokenizer") { Description = "Its tokenizer, such as tokenizer.bin.", HelpName = "file", Required = true };
        var folder = new Option<string>("--to") { Description = "The Hugging Face folder to be written.", HelpName = "folder", Required = true };
        var command = new Command("import",
            """
            Turns a model of llama2.c (its first format) into a Hugging Face folder, which a spec can name.

            Example:
              nola models import stories15M.bin --tokenizer tokenizer.bin --to models/stories15M
            """) { file, tokenizer, folder };
        command.SetAction(async (line, cancellation) =>
        {
            using var interruption = new Interruption();
            var to = line.GetValue(folder)!;
            try
            {
                if (await WorkerTool.Run(new(), ["import-llama2c", line.GetValue(file)!, line.GetValue(tokenizer)!, to], interruption.Token) is { } fault)
                    throw new UserException(fault, ExitCodes.Engine);
            }
            catch (WorkerException fault)
            {
                throw new UserException(fault.Message, ExitCodes.Engine);
            }

            Terminal.Of(line).Say($"The model is in {to}; a spec names it by {{ id: {Path.GetFileName(Path.TrimEndingDirectorySeparator(to))}, path: {to} }}");
            return ExitCodes.Success;
        });
        return command;
    }
}
