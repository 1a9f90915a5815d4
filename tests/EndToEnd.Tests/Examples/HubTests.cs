using System.Text.Json;
using Nola.EndToEnd.Tests.Harness;
using Nola.Testing.Models;
using Nola.Testing.Servers;

namespace Nola.EndToEnd.Tests.Examples;

/// <summary>A model of the Hugging Face hub, from the spec to a prediction.</summary>
public sealed class HubTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_ModelOfTheHub_IsDownloadedBySubmitterAndSiloAndPinned()
    {
        await using var server = await HubServer.Start(TinyModel.Write(folder["model"]));
        server.Breaks.Enqueue(1000);
        TinyModel.WriteNotes(folder["train.csv"], 64);
        TinyModel.WriteNotes(folder["test.csv"], 32);
        await File.WriteAllTextAsync(folder["spec.yaml"], """
            name: tiny
            task: sequence-classification
            models: hf:org/tiny
            datasets: { id: notes, train: train.csv, test: test.csv }
            methods: lora
            training: { epochs: 1, maxLength: 32 }
            """);
        var pinned = $"hf:org/tiny@{HubServer.Commit}";

        // Two caches: that of the machine that submits, and that of the one that trains.
        await Nola(server, "a", "submit", folder["spec.yaml"], "--store", folder["store"]);
        using var report = JsonDocument.Parse(await Nola(server, "b", "resume", "tiny", "--store", folder["store"], "--slots", "1", "--json"));
        var adapter = Directory.GetDirectories(folder.Path, "adapter", SearchOption.AllDirectories).Single();
        var labels = await Nola(server, "b", "predict", "--model", pinned, "--adapter", adapter, "chest pain .");

        Assert.Equal(3, server.Transfers("model.safetensors").Count()); // broken, gone on with, and that of the other machine
        Assert.Contains(report.RootElement.GetProperty("provenance").GetProperty("sources").EnumerateArray(), source => source.GetProperty("path").GetString() == pinned && source.GetProperty("sha256").GetString() is { Length: 64 });
        using var configuration = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(adapter, "adapter_config.json")));
        Assert.Equal(("org/tiny", HubServer.Commit), (configuration.RootElement.GetProperty("base_model_name_or_path").GetString(), configuration.RootElement.GetProperty("revision").GetString()));
        Assert.Matches("CARDIO|DERMA", labels);
    }

    private Task<string> Nola(HubServer server, string cache, params string[] arguments) => NolaProcess.Run(
        new Dictionary<string, string> { ["HF_ENDPOINT"] = server.Url.ToString(), ["NOLA_CACHE"] = folder[cache], ["HF_TOKEN"] = "", ["HF_HOME"] = folder["none"], ["HF_HUB_OFFLINE"] = "" }, 0, arguments);
}
