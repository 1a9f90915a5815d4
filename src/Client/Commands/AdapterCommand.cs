using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Views;
using Nola.Core.Workers;

namespace Nola.Client.Commands;

/// <summary><c>nola adapter</c>: what can be done with the adapter of a trial, or of Hugging Face PEFT.</summary>
internal static class AdapterCommand
{
    public static Command Create() => new("adapter", "Works with adapters: those of trials and those of Hugging Face PEFT.") { Merge() };

    private static Command Merge()
    {
        var model = new Option<string>("--base") { Description = "Hugging Face folder of the model under the adapter, the name of a built-in model, or hf:org/name for one of the Hugging Face hub.", HelpName = "folder", Required = true };
        var adapter = new Option<string>("--adapter") { Description = "PEFT folder of the adapter, or hf:org/name.", HelpName = "folder", Required = true };
        var output = new Option<string>("--out") { Description = "Folder to write; it must not hold a model.", HelpName = "folder", Required = true };
        var command = new Command("merge",
            """
            Puts an adapter into its model and writes a plain Hugging Face folder that computes the same.

            LoRA in all variants and IA3 can be merged; a prefix or a prompt cannot, because it stands before the text and not in the weights.

            Example:
              nola adapter merge --base models/bert-base --adapter .nola/artifacts/triage/0/0/adapter --out models/triage
            """) { model, adapter, output };
        command.SetAction(async line =>
        {
            var folder = Path.GetFullPath(line.GetValue(output)!);
            var terminal = Terminal.Of(line);
            using var interruption = new Interruption();
            var job = new MergeJob(
                await ModelFolders.Find(line.GetValue(model)!, "--base", terminal, interruption.Token),
                await ModelFolders.Find(line.GetValue(adapter)!, "--adapter", terminal, interruption.Token),
                folder);
            await ModelFolders.Work(
                null,
                async worker =>
                {
                    await worker.Merge(job, interruption.Token);
                    return true;
                },
                interruption.Token);
            terminal.Say($"The model is in {folder}");
            return ExitCodes.Success;
        });
        return command;
    }
}
