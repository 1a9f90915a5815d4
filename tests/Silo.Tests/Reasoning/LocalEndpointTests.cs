using Nola.Core.Experiments;
using Nola.Reasoning.Endpoints;
using Nola.Silo.Reasoning;
using Nola.Silo.Workers;
using Nola.Testing;

namespace Nola.Silo.Tests.Reasoning;

/// <summary>The real model stories260K of llama2.c, imported and run by a worker process.</summary>
public sealed class LocalEndpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-local-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Ask_LocalModel_GivesTheVeryBytesOfLlama2cAndSaysWhatIsTooLong()
    {
        Assert.Null(await WorkerTool.Run(new(), ["import-llama2c", SharedData.Require("weights/stories260K/stories260K.bin"), SharedData.Require("weights/stories260K/tok512.bin"), folder], default));
        await using var models = new LocalModels(new());
        using var endpoint = new LocalEndpoint(new() { Id = "stories", Path = folder }, models);
        var call = new EndpointCall { Id = "p", Prompt = new() { User = "", MaxTokens = 200 } };

        var answer = Assert.IsType<Answered>(await endpoint.Ask(call, default));

        Assert.Equal(await File.ReadAllTextAsync(SharedData.Require("weights/stories260K/expected_greedy_200.txt"), TestContext.Current.CancellationToken), answer.Text);
        Assert.Equal(new(1, answer.Tokens.Completion), answer.Tokens);
        Assert.InRange(answer.Tokens.Completion, 190, 200);
        var tooLong = Assert.IsType<Unanswered>(await endpoint.Ask(call with { Prompt = call.Prompt with { User = string.Concat(Enumerable.Repeat("Once upon a time ", 500)) } }, default));
        Assert.EndsWith("but the model has room for 512.", tooLong.Reason, StringComparison.Ordinal);
        Assert.NotEqual(endpoint.KeyOf(call), endpoint.KeyOf(call with { Seed = 1 }));
    }
}
