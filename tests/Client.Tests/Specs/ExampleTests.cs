using Nola.Client.Specs;
using Nola.Core.Experiments;
using Nola.Testing;

namespace Nola.Client.Tests.Specs;

public sealed class ExampleTests : IDisposable
{
    private readonly SpecFolder folder = new();

    public static TheoryData<string> Examples => SpecSchemaTests.Examples;

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Examples))]
    public void Load_Example_HasNoProblem(string name)
    {
        var file = Path.Combine(SharedData.RepositoryRoot, "examples", name);
        if (File.ReadAllText(file).Contains("shared/data", StringComparison.Ordinal))
            SharedData.Require(".");

        var result = SpecFile.Load(file, folder.Settings);

        Assert.Empty(result.Problems.Select(problem => problem.ToString()));
        Assert.Equal(Path.GetFileNameWithoutExtension(name), result.Spec!.Name);
    }

    [Theory]
    [InlineData("rct-sections.yaml", 3, 3)]
    [InlineData("clinical-triage.yaml", 6, 3)]
    [InlineData("ncbi-disease.yaml", 3, 3)]
    [InlineData("chemprot.yaml", 3, 3)]
    public void Load_ExampleOfRealData_HasItsStudies(string name, int studies, int seeds)
    {
        SharedData.Require(".");

        var spec = SpecFile.Load(Path.Combine(SharedData.RepositoryRoot, "examples", name), folder.Settings).Spec!;

        Assert.Equal((studies, seeds), (Matrix.Expand(spec, "x").Length, spec.Seeds.Length));
    }

    // Its encoders are there once examples/domain-pretraining.yaml has run.
    [Theory]
    [InlineData("entities")]
    [InlineData("relations")]
    [InlineData("texts")]
    public void Load_DomainStudy_HasNoProblem(string name)
    {
        SharedData.Require(".");
        var text = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "examples", "domain-study", name + ".yaml"))
            .Replace("../../../shared", Path.GetFullPath(Path.Combine(SharedData.RepositoryRoot, "..", "shared")), StringComparison.Ordinal)
            .Replace("../../.nola/artifacts/domain-pretraining", Path.Combine(folder.Root, "encoders"), StringComparison.Ordinal);
        foreach (var study in Enumerable.Range(0, 3))
            folder.WriteModel($"encoders/{study}/0/model", "bert", layers: 3, positions: 256);

        Assert.Equal("", folder.ProblemsOf(text));
    }

    // What it needs is there once the commands of docs/studies/lapt-polish.md have run.
    [Fact]
    public void Load_PolishStudy_HasNoProblem()
    {
        foreach (var model in new[] { "english", "lora", "full" })
            folder.WriteModel(model, "bert", layers: 3, positions: 256);
        File.WriteAllText(Path.Combine(folder.Root, "authors.tsv"), "label\ttext\tsplit\na\tdom\ttrain\nb\trzeka\ttrain\na\tlas\ttest\n");
        var text = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "examples", "polish-study", "authors.yaml"))
            .Replace("../../models/nola-mini-lm", Path.Combine(folder.Root, "english"), StringComparison.Ordinal)
            .Replace("../../.nola/polish-lora", Path.Combine(folder.Root, "lora"), StringComparison.Ordinal)
            .Replace("../../.nola/artifacts/lapt-polish/1/0/model", Path.Combine(folder.Root, "full"), StringComparison.Ordinal)
            .Replace("../../.nola/polish-authors.tsv", Path.Combine(folder.Root, "authors.tsv"), StringComparison.Ordinal);

        Assert.Equal("", folder.ProblemsOf(text));
    }
}
