using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Specs.Sections;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Workers;
using Nola.Data;

namespace Nola.Client.Commands;

/// <summary><c>nola predict</c>: what a trained model says of texts.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var texts = new Argument<string[]>("text") { Description = "Texts to classify, each in quotes.", Arity = ArgumentArity.ZeroOrMore };
        var model = new Option<string>("--model", "-m") { Description = "Hugging Face folder of a model that classifies texts or tags words, or of the one under the adapter; hf:org/name for one of the Hugging Face hub.", HelpName = "folder", Required = true };
        var adapter = new Option<string?>("--adapter", "-a") { Description = "PEFT folder of an adapter over the model; hf:org/name for one of the Hugging Face hub.", HelpName = "folder" };
        var file = new Option<string?>("--file", "-f") { Description = "A file with the texts: .csv, .tsv, .jsonl, .conll with a word a line, or .txt with blank lines between texts.", HelpName = "file" };
        var column = new Option<string>("--text") { Description = "Column of the file with the text. Default: text.", HelpName = "column", DefaultValueFactory = _ => "text" };
        var pair = new Option<string?>("--text-pair") { Description = "Column of the file with the second text of a pair.", HelpName = "column" };
        string[] formats = [.. DatasetsSection.Formats.Select(known => known.Name)];
        var format = new Option<string?>("--format") { Description = "How the file is written. Default: told by the end of its name.", HelpName = string.Join('|', formats) };
        format.AcceptOnlyFromAmong(formats);
        var maxLength = new Option<int?>("--max-length") { Description = "Longest sequence in tokens; longer texts are cut, tagged words go on in a further one. Default: the model's limit, at most 512.", HelpName = "tokens" };
        var json = new Option<bool>("--json") { Description = "As JSON: an array of objects with text, textPair, label, probabilities; of a model that tags words with text, entities, words." };
        var command = new Command("predict",
            """
            Classifies texts, or finds entities in them, with a trained model, with or without an adapter.

            A model that classifies gives each text a label and its probability; one that tags words gives the entities of each text.

            Examples:
              nola predict --model models/triage "chest pain since this morning"
              nola predict --model hf:distilbert/distilbert-base-uncased-finetuned-sst-2-english "a fine film"
              nola predict --model nola-mini --adapter .nola/artifacts/triage/0/0/adapter --file notes.csv --text note --json
              nola predict --model models/diseases "a family with ataxia telangiectasia"
            """) { texts, model, adapter, file, format, column, pair, maxLength, json };
        command.SetAction(async line =>
        {
            var terminal = Terminal.Of(line);
            var asked = Read(line.GetValue(texts)!, line.GetValue(file), line.GetValue(format), line.GetValue(column)!, line.GetValue(pair));
            if (line.GetValue(maxLength) is < 4)
                throw new UserException("--max-length must be 4 or more.", ExitCodes.Usage);
            using var interruption = new Interruption();
            var job = new PredictionJob(
                await ModelFolders.Find(line.GetValue(model)!, "--model", terminal, interruption.Token),
                line.GetValue(adapter) is { } folder ? await ModelFolders.Find(folder, "--adapter", terminal, interruption.Token) : null,
                asked,
                line.GetValue(maxLength));
            var found = await ModelFolders.Work(null, worker => worker.Predict(job, interruption.Token), interruption.Token);
            if (line.GetValue(json))
                terminal.Say(JsonOutput.Text(PredictionViews.Json(asked, found)));
            else
                terminal.Show(PredictionViews.Table(asked, found));
            return ExitCodes.Success;
        });
        return command;
    }

    private static ImmutableArray<TextToClassify> Read(string[] texts, string? file, string? format, string column, string? pair)
    {
        if (file is null)
            return texts.Length > 0 ? [.. texts.Select(text => new TextToClassify(text, null))] : throw new UserException("There is nothing to classify: write a text in quotes, or name a file with --file.", ExitCodes.Usage);
        if (texts.Length > 0)
            throw new UserException("Texts are given and a file is named; give one of them.", ExitCodes.Usage);
        try
        {
            var dataset = new DatasetSpec { Id = file, Test = [file], Format = DatasetsSection.Formats.FirstOrDefault(known => known.Name == format).Format, Columns = new() { Text = column, TextPair = pair } };
            return [.. DatasetReader.Read(dataset, Split.Test, needsLabels: false).Select(row => new TextToClassify(row.Text, row.TextPair) { Words = row.Words?.ToImmutableArray() })];
        }
        catch (DataException fault)
        {
            throw new UserException(fault.Message, ExitCodes.Usage);
        }
    }
}
