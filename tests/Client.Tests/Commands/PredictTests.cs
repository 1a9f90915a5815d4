using Nola.Client.Commands;

namespace Nola.Client.Tests.Commands;

/// <summary>Command lines of <c>nola predict</c> and <c>nola adapter merge</c> that no model is loaded for.</summary>
public sealed class PredictTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-predict-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public Task Predict_NothingToClassify_SaysHowToNameIt() =>
        Refuses("nola: There is nothing to classify: write a text in quotes, or name a file with --file.", "predict", "--model", folder);

    [Fact]
    public Task Predict_TextsAndAFile_SaysToGiveOne() =>
        Refuses("nola: Texts are given and a file is named; give one of them.", "predict", "--model", folder, "--file", "a.csv", "a text");

    [Fact]
    public async Task Predict_FileWithoutTheColumn_NamesItsColumns()
    {
        var file = Path.Combine(folder, "a.csv");
        await File.WriteAllTextAsync(file, "note,section\nx,y\n");

        await Refuses($"nola: {file}:2: there is no column 'text'; the columns are note, section; set 'text' to one of them", "predict", "--model", folder, "--file", file);
    }

    [Fact]
    public async Task Predict_Format_GoesBeforeTheNameOfTheFile()
    {
        var file = Path.Combine(folder, "a.txt");
        await File.WriteAllTextAsync(file, "word O\n");

        await Refuses($"nola: {file}:1: there is no column 'note'; CoNLL files have their columns by number, here 1 to 2; set 'text' to one of them", "predict", "--model", folder, "--file", file, "--format", "conll", "--text", "note");
    }

    [Fact]
    public Task Predict_NoSuchModel_NamesTheOption() => Refuses("nola: --model nowhere: there is no such folder.", "predict", "--model", "nowhere", "a text");

    [Fact]
    public Task Predict_NoNameOfTheHub_SaysWhatIsRight() =>
        Refuses("nola: 'hf:a/b/c' names no model of the Hugging Face hub; write hf:org/name or hf:org/name@revision", "predict", "--model", "hf:a/b/c", "a text");

    [Fact]
    public Task Pull_AName_SaysToWriteHf() => Refuses("nola: 'bert-base' is no model of the Hugging Face hub; write hf:bert-base", "models", "pull", "bert-base");

    [Fact]
    public Task Merge_NoSuchAdapter_NamesTheOption() =>
        Refuses("nola: --adapter nowhere: there is no such folder.", "adapter", "merge", "--base", folder, "--adapter", "nowhere", "--out", "out");

    private static async Task Refuses(string message, params string[] args)
    {
        var result = await Nola.Run(args);

        Assert.Equal((ExitCodes.Usage, message + "\n", ""), (result.Code, result.Error, result.Output));
    }
}
