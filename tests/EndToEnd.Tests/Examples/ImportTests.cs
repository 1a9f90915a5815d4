using Nola.EndToEnd.Tests.Harness;
using Nola.Testing;

namespace Nola.EndToEnd.Tests.Examples;

/// <summary><c>nola models import</c>, whose work the worker does.</summary>
public sealed class ImportTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Import_ModelOfLlama2c_CanBeNamedInASpec()
    {
        var stories = SharedData.Require("weights/stories260K");
        await NolaProcess.Run(0, "models", "import", Path.Combine(stories, "stories260K.bin"), "--tokenizer", Path.Combine(stories, "tok512.bin"), "--to", folder["stories"]);
        await File.WriteAllTextAsync(folder["text.txt"], "Once upon a time, there was a test.");
        await File.WriteAllTextAsync(folder["spec.yaml"], "name: a\ntask: causal-lm\nmodels: { id: stories, path: stories }\ndatasets: { train: text.txt }\nmethods: { lora: { targets: [q_proj, v_proj] } }\n");

        Assert.StartsWith($"{folder["spec.yaml"]} is valid: ", await NolaProcess.Run(0, "validate", folder["spec.yaml"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_OtherFile_SaysWhatIsWrong() =>
        await NolaProcess.Run(3, "models", "import", Path.Combine(SharedData.RepositoryRoot, "Cluster.sln"), "--tokenizer", "none.bin", "--to", folder["stories"]);
}
