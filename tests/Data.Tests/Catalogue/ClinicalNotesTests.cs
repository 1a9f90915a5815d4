using Nola.Data.Catalogue;

namespace Nola.Data.Tests.Catalogue;

public sealed class ClinicalNotesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-notes-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Provide_Twice_WritesOnceTheSameNotes()
    {
        var first = ClinicalNotes.Provide(folder);
        var written = File.GetLastWriteTimeUtc(first.Train[0]);

        var second = ClinicalNotes.Provide(folder);

        Assert.Equal(first.Train, second.Train);
        Assert.Equal(written, File.GetLastWriteTimeUtc(second.Train[0]));
        Assert.Equal([(1200, 8), (200, 8), (400, 8)], new[] { Split.Train, Split.Validation, Split.Test }.Select(split =>
        {
            var rows = DatasetReader.Read(first, split, needsLabels: true);
            return (rows.Count, rows.Select(row => row.Label).Distinct().Count());
        }));
        Assert.Equal([Path.GetDirectoryName(first.Train[0])!], Directory.GetDirectories(folder));
    }

    [Fact]
    public void Provide_Splits_ShareNoNote()
    {
        var dataset = ClinicalNotes.Provide(folder);
        var notes = new[] { Split.Train, Split.Validation, Split.Test }.SelectMany(split => DatasetReader.Read(dataset, split, true)).Select(row => row.Text).ToArray();

        Assert.Equal(notes.Length, notes.Distinct().Count());
    }

    [Fact]
    public void Provide_ManyAtOnce_AllSeeWholeFiles()
    {
        Parallel.For(0, 8, _ => Assert.Equal(400, DatasetReader.Read(ClinicalNotes.Provide(folder), Split.Test, true).Count));

        Assert.Single(Directory.GetDirectories(folder));
    }

    [Fact]
    public void Generate_Seed_TellsTheNotes()
    {
        Assert.Equal(ClinicalNotes.Generate(1).Take(50), ClinicalNotes.Generate(1).Take(50));
        Assert.NotEqual(ClinicalNotes.Generate(1).Take(50), ClinicalNotes.Generate(2).Take(50));
    }
}
