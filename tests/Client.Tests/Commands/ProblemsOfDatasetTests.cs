using System.Globalization;
using System.Text.Json;
using Nola.Client.Commands;
using Nola.Client.Specs;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Data.Catalogue;

namespace Nola.Client.Tests.Commands;

/// <summary>What becomes of public problems once they are here.</summary>
public sealed class ProblemsOfDatasetTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-problems-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Make_Mbpp_SaysWhatIsLeftOutAndASpecMayNameIt()
    {
        await SampleProblems.RequireSandbox();
        var (dataset, output) = await Make("mbpp", JsonSerializer.Serialize(new[] { Item(1, "assert f(1) == 1"), Item(2, "assert f(1)"), Item(3, "assert f(0)"), Item(4, "assert f(1) == g()") }));

        Assert.Equal($"""
            mbpp is in {dataset.ProblemFile(folder)}: 1 problem
              2 left out, because the tests tell only whether the value counts as true: 2, 3
              1 left out, because the expected value is no literal: 4

            """, output);
        var spec = Path.Combine(folder, "spec.yaml");
        File.WriteAllText(spec, $"name: a\ntask: ier\nmodels: [{{ id: m, endpoint: openai, url: 'http://127.0.0.1:9/v1' }}]\ndatasets: [mbpp]\nmethods: [cot]\n");
        var read = SpecFile.Load(spec, new() { DataFolder = folder });
        Assert.Empty(read.Problems);
        Assert.Equal([dataset.ProblemFile(folder)], read.Spec!.Datasets.Single().Test);

        static object Item(int id, string test) => new { task_id = id, prompt = "The same.", code = "def f(x): return x", test_imports = Array.Empty<string>(), test_list = new[] { test } };
    }

    [Fact]
    public void Catalogue_Problems_HaveOneOriginalEach() =>
        Assert.Equal(["humaneval", "mbpp", "cruxeval"], DataCatalogue.All.Where(dataset => dataset is { IsProblems: true, Files.Length: 1 }).Select(dataset => dataset.Name));

    private async Task<(KnownDataset Dataset, string Output)> Make(string name, string original)
    {
        var dataset = DataCatalogue.Find(name)!;
        Assert.Null(dataset.In(folder));
        Directory.CreateDirectory(Path.Combine(folder, dataset.Folder));
        File.WriteAllText(Path.Combine(folder, dataset.Folder, dataset.Files.Single().Name), original);
        await using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        await ProblemsOfDataset.Make(dataset, folder, new Terminal(output, TextWriter.Null), TestContext.Current.CancellationToken);
        Assert.Equal(DataFormat.JsonLines, dataset.In(folder)!.Format);
        return (dataset, output.ToString());
    }
}
