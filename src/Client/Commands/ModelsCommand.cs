using System.CommandLine;
using Nola.Client.Specs;
using Nola.Client.Views;
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

            Any other BERT is named by its Hugging Face folder: { id: bert, path: ./models/bert-base }.

            Example:
              nola models
            """) { json };
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
}
