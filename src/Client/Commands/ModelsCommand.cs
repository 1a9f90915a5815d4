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
            Lists the models that a spec may name without a path, and where they lie.

            Any other model is named by its Hugging Face folder: { id: bert, path: ./models/bert-base }.

            Example:
              nola models
            """) { json, Import() };
        command.SetAction(line =>
        {
            var terminal = Terminal.Of(line);
            var found = ModelCatalogue.All.Select(model => new { model.Name, model.Summary, Folder = ModelCatalogue.Find(model.Name, ModelCatalogue.DefaultFolders()) }).ToArray();
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
