using System.Text;
using Nola.Core.Experiments;
using Nola.Testing;

namespace Nola.Data.Tests;

public sealed class DatasetReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-data-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_CsvWithByteOrderMarkAndQuotedNewline_KeepsCells()
    {
        var file = Write("a.csv", "\uFEFFtext,label\n\"first\nline, and \"\"quoted\"\"\",A\nplain,B\n");

        var examples = DatasetReader.Read(new() { Id = "d", Train = [file] }, Split.Train, needsLabels: true);

        Assert.Equal([new("first\nline, and \"quoted\"", null, "A"), new("plain", null, "B")], examples);
    }

    [Fact]
    public void Read_SplitColumn_KeepsTheSplitsRows()
    {
        var file = Write("a.tsv", "split\ttext\tlabel\ntrain\tone\tA\ntest\ttwo \" quote\tB\ndev\tthree\tA\n");
        var dataset = new DatasetSpec { Id = "d", Train = [file], Columns = new() { Split = "split" } };

        Assert.Equal("two \" quote", Assert.Single(DatasetReader.Read(dataset, Split.Test, true)).Text);
        Assert.Equal("three", Assert.Single(DatasetReader.Read(dataset, Split.Validation, true)).Text);
    }

    [Fact]
    public void Read_JsonLines_ReadsTextAndNumbers()
    {
        var file = Write("a.jsonl", "{\"text\": \"x\", \"label\": 3}\n\n{\"text\": \"y\", \"label\": \"B\"}\n");

        Assert.Equal([new("x", null, "3"), new("y", null, "B")], DatasetReader.Read(new() { Id = "d", Train = [file] }, Split.Train, true));
    }

    [Fact]
    public void Read_Text_SplitsDocumentsAtBlankLines()
    {
        var file = Write("a.txt", "one\ntwo\n\n\nthree\n");

        Assert.Equal(["one two", "three"], DatasetReader.Read(new() { Id = "d", Train = [file] }, Split.Train, false).Select(example => example.Text));
    }

    [Theory]
    [InlineData("a.csv", "text,label\nx,A\ny\n", "a.csv:3: the row has 1 cells and the header has 2 columns; quote cells that hold the delimiter")]
    [InlineData("a.csv", "", "a.csv: the file is empty; a header line with the column names is needed")]
    [InlineData("a.csv", "text,text\nx,A\n", "a.csv:1: the header names a column twice: text, text")]
    [InlineData("a.csv", "words,label\nx,A\n", "a.csv:2: there is no column 'text'; the columns are words, label; set 'text' to one of them")]
    [InlineData("a.csv", "text,label\nx,A\ny, \n", "a.csv:3: the label column 'label' is empty")]
    [InlineData("a.jsonl", "{\"text\": \"x\", \"label\": \"A\"}\n[1]\n", "a.jsonl:2: the line is no JSON object but Array")]
    [InlineData("a.conll", "a b\nc\n", "a.conll:2: the token has 1 columns and the first one has 2")]
    [InlineData("a.xyz", "x", "a.xyz: the format is not told by the ending '.xyz'; set 'format' to csv, tsv, jsonl, conll or text")]
    public void Read_MalformedFile_SaysWhereAndWhatHelps(string name, string text, string message)
    {
        var file = Write(name, text);

        var fault = Assert.Throws<DataException>(() => DatasetReader.Read(new() { Id = "d", Train = [file] }, Split.Train, needsLabels: true));

        Assert.Equal(Path.Combine(folder, message), fault.Message);
    }

    [Fact]
    public void Read_Conll_TakesFirstColumnAsWordAndLastAsTag()
    {
        var file = Write("a.conll", "-DOCSTART- -X- O\n\nWilms NN B-Disease\ntumour NN I-Disease\n\n. . O\n");

        var examples = DatasetReader.Read(new() { Id = "d", Train = [file] }, Split.Train, needsLabels: true);

        Assert.Equal(["Wilms tumour", "."], examples.Select(example => example.Text));
        Assert.Equal(["B-Disease", "I-Disease"], examples[0].Tags);
        var byNumber = DatasetReader.Read(new() { Id = "d", Train = [file], Columns = new() { Text = "2", Label = "3" } }, Split.Train, needsLabels: true);
        Assert.Equal(["NN", "NN"], byNumber[0].Words);
    }

    [Theory]
    [InlineData("a O\nb NN\n", "label", "a.conll:2: 'NN' in column 2 is no tag; a tag is O, or B-, I-, E- or S- with a type behind it; set 'label' to the tags' column")]
    [InlineData("a O\n", "tag", "a.conll:1: there is no column 'tag'; CoNLL files have their columns by number, here 1 to 2; set 'label' to one of them")]
    [InlineData("a O\n", "3", "a.conll:1: there is no column '3'; CoNLL files have their columns by number, here 1 to 2; set 'label' to one of them")]
    public void Read_ConllWithoutTags_SaysWhereAndWhatHelps(string text, string label, string message)
    {
        var file = Write("a.conll", text);

        var fault = Assert.Throws<DataException>(() => DatasetReader.Read(new() { Id = "d", Train = [file], Columns = new() { Label = label } }, Split.Train, needsLabels: true));

        Assert.Equal(Path.Combine(folder, message), fault.Message);
    }

    [Fact]
    public void Read_MissingFile_SaysSo() => Assert.EndsWith(
        "nowhere.csv: there is no such file",
        Assert.Throws<DataException>(() => DatasetReader.Read(new() { Id = "d", Train = ["nowhere.csv"] }, Split.Train, true)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Read_BytesThatAreNoUtf8_NamesTheLine()
    {
        var file = Path.Combine(folder, "a.csv");
        File.WriteAllBytes(file, [.. Encoding.UTF8.GetBytes("text,label\nx,A\nna"), 0xEF, .. Encoding.UTF8.GetBytes("ve,B\n")]);

        var fault = Assert.Throws<DataException>(() => DatasetReader.Read(new() { Id = "d", Train = [file] }, Split.Train, true));

        Assert.Equal(3, fault.Line);
    }

    [Fact]
    public void Read_RealData_HasTheKnownSizes()
    {
        var rct = new DatasetSpec
        {
            Id = "rct",
            Train = [SharedData.Require("peft/rct-sections/rct_sections.tsv")],
            Columns = new() { Text = "sentence", Split = "split" },
        };

        Assert.Equal(27608, DatasetReader.Read(rct, Split.Train, true).Count);
        Assert.Equal(3462, DatasetReader.Read(rct, Split.Validation, true).Count);
        Assert.Equal(3457, DatasetReader.Read(rct, Split.Test, true).Count);
        Assert.Equal(5424, ConllFile.Sentences(SharedData.Require("peft/ncbi-disease/train.txt")).Count());
        Assert.Equal(4169, JsonLinesFile.Rows(SharedData.Require("peft/chemprot/train.txt")).Count());
        var mts = Directory.GetFiles(SharedData.Require("peft/mts-dialog"), "*.csv").Select(file => DelimitedFile.Rows(file, ',').Count()).Order();
        Assert.Equal([100, 200, 200, 1201], mts);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
