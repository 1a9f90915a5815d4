using System.Text;
using Nola.Data.Downloads;
using Nola.Data.Hub;
using Nola.Testing.Servers;

namespace Nola.Data.Tests.Hub;

public sealed class ModelHubTests : IDisposable
{
    private const string Token = "hf_secret";
    private const string Commit = HubServer.Commit;

    private static readonly HubReference Model = HubReference.Parse("hf:org/tiny");
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];

    private static readonly Dictionary<string, byte[]> Files = new()
    {
        ["config.json"] = Text("""{"model_type": "bert"}"""),
        ["vocab.txt"] = Text("[PAD]\n"),
        ["tokenizer_config.json"] = Text("{}"),
        ["model.safetensors"] = Weights,
        ["pytorch_model.bin"] = [1],
        ["README.md"] = Text("hello"),
    };

    private readonly string folder = Directory.CreateTempSubdirectory("nola-hub-").FullName;

    private string Place => Path.Combine(folder, "org--tiny", Commit);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Bring_Branch_BringsWhatNolaReadsAndTellsTheCommit()
    {
        await using var server = await HubServer.Start(Files);

        var model = await Bring(server);

        Assert.Equal(new HubModel(Model with { Revision = Commit }, Place), model);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"], Directory.GetFiles(Place).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(Place, "model.safetensors"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Bring_Again_OnlyLooksUpTheBranchAndACommitNotEvenThat()
    {
        await using var server = await HubServer.Start(Files);
        await Bring(server);
        server.Requests.Clear();

        await Bring(server);
        await Bring(server, Model with { Revision = Commit });

        Assert.Equal("/api/models/org/tiny/revision/main", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public async Task Bring_Shards_BringsThoseOfTheIndex()
    {
        var files = new Dictionary<string, byte[]>(Files)
        {
            ["model.safetensors.index.json"] = Text("""{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}}"""),
            ["model-1.safetensors"] = [1, 2],
            ["model-2.safetensors"] = [3],
            ["consolidated.safetensors"] = [4],
        };
        files.Remove("model.safetensors");
        await using var server = await HubServer.Start(files);

        await Bring(server);

        Assert.Equal(["model-1.safetensors", "model-2.safetensors"], Directory.GetFiles(Place, "*.safetensors").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Bring_IndexThatPointsElsewhere_IsRefused()
    {
        var files = new Dictionary<string, byte[]>(Files) { ["model.safetensors.index.json"] = Text("""{"weight_map": {"a": "../../evil.safetensors"}}"""), ["../../evil.safetensors"] = [1] };
        files.Remove("model.safetensors");
        await using var server = await HubServer.Start(files);

        Assert.Equal("hf:org/tiny: model.safetensors.index.json lists '../../evil.safetensors', which the model does not have", await Fault(server));
    }

    [Fact]
    public async Task Bring_Adapter_BringsIt()
    {
        await using var server = await HubServer.Start(new Dictionary<string, byte[]> { ["adapter_config.json"] = Text("{}"), ["adapter_model.safetensors"] = Weights });

        var model = await Bring(server);

        Assert.Equal(2, Directory.GetFiles(model.Folder).Length);
    }

    [Fact]
    public async Task Bring_BrokenTransfers_GoOnWhereTheyBroke()
    {
        await using var server = await HubServer.Start(Files);
        server.Breaks.Enqueue(30_000);
        server.Breaks.Enqueue(20_000);

        await Bring(server);

        Assert.Equal(["", "bytes=30000-", "bytes=50000-"], server.Transfers("model.safetensors"));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(Place, "model.safetensors"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Bring_BrokenAgainAndAgain_HasNoFolderAndTheNextCallGoesOn()
    {
        await using var server = await HubServer.Start(Files);
        foreach (var bytes in (int[])[40_000, 0, 0, 0])
            server.Breaks.Enqueue(bytes);

        var fault = await Assert.ThrowsAsync<DownloadException>(() => Bring(server));
        Assert.True(fault.IsPassing);
        Assert.False(Directory.Exists(Place));
        await Bring(server);

        Assert.Equal("bytes=40000-", server.Transfers("model.safetensors").Last());
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(Place, "model.safetensors"), TestContext.Current.CancellationToken));
        Assert.Single(server.Transfers("vocab.txt"));
    }

    [Fact]
    public async Task Bring_DamagedFile_KeepsNothingOfIt()
    {
        await using var server = await HubServer.Start(Files);
        server.Damages = true;

        Assert.Contains("model.safetensors (100000 bytes) has not the expected checksum", await Fault(server), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Place));
        Assert.Empty(Directory.GetFiles(folder, "model.safetensors*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Bring_ServerFaults_AreTriedAgain()
    {
        await using var server = await HubServer.Start(Files);
        server.Faults.Enqueue(503);
        server.Faults.Enqueue(429);

        await Bring(server);

        Assert.True(Directory.Exists(Place));
    }

    [Fact]
    public async Task Bring_Gated_SendsTheTokenToTheHubAndNotToItsStorage()
    {
        await using var server = await HubServer.Start(Files);
        server.Gate = Token;

        await Bring(server, token: Token);

        Assert.All(server.Requests, request => Assert.Equal(request.Host == server.Url.Authority ? $"Bearer {Token}" : "", request.Authorization));
        Assert.Contains(server.Requests, request => request.Host == server.Storage.Authority);
    }

    [Fact]
    public async Task Bring_GatedWithoutAccess_TellsTheWayIn()
    {
        await using var server = await HubServer.Start(Files);
        server.Gate = Token;

        Assert.Equal($"hf:org/tiny: the model is gated; ask for access on {server.Url}org/tiny, then put a token of that account into HF_TOKEN", await Fault(server));
        var other = await Assert.ThrowsAsync<DownloadException>(() => Bring(server, token: "hf_other"));
        Assert.Equal($"hf:org/tiny: the model is gated; the account of your token has no access to it: ask for it on {server.Url}org/tiny", other.Message);
    }

    [Theory]
    [InlineData("hf:org/other", "hf:org/other: there is no such model, or it is private; check the name, and for a private one put a token into HF_TOKEN")]
    [InlineData("hf:org/tiny@v2", "hf:org/tiny@v2: the model has no revision 'v2'; {hub}org/tiny/commits/main lists them")]
    public async Task Bring_NothingThere_SaysWhatIsMissing(string reference, string message)
    {
        await using var server = await HubServer.Start(Files);

        Assert.Equal(message.Replace("{hub}", server.Url.ToString(), StringComparison.Ordinal), await Fault(server, HubReference.Parse(reference)));
    }

    [Fact]
    public async Task Bring_OnlyPickledWeights_SaysHowToConvertThem()
    {
        var files = new Dictionary<string, byte[]>(Files);
        files.Remove("model.safetensors");
        await using var server = await HubServer.Start(files);

        Assert.Equal(
            "hf:org/tiny has its weights in pytorch_model.bin only; save them as safetensors: in Python, AutoModel.from_pretrained(\"org/tiny\").save_pretrained(folder), and name that folder",
            await Fault(server));
    }

    [Fact]
    public async Task Bring_UnknownArchitecture_IsToldBeforeTheWeightsCome()
    {
        await using var server = await HubServer.Start(new Dictionary<string, byte[]>(Files) { ["config.json"] = Text("""{"model_type": "gpt2"}""") });

        Assert.StartsWith("hf:org/tiny has the architecture 'gpt2'; Nola trains bert, ", await Fault(server), StringComparison.Ordinal);
        Assert.Empty(server.Transfers("model.safetensors"));
    }

    [Fact]
    public async Task Bring_Offline_TakesWhatIsHereAndAsksNobody()
    {
        await using var server = await HubServer.Start(Files);
        var missing = await Assert.ThrowsAsync<DownloadException>(() => Bring(server, isOffline: true));
        await Bring(server);
        server.Requests.Clear();

        Assert.Equal(Commit, (await Bring(server, isOffline: true)).Pinned.Commit);
        Assert.Empty(server.Requests);
        Assert.Equal($"hf:org/tiny is not in {folder}, and HF_HUB_OFFLINE forbids to download it; unset it, or name a folder with the model", missing.Message);
    }

    [Fact]
    public async Task Bring_NobodyThere_SaysSo()
    {
        var server = await HubServer.Start(Files);
        var address = server.Url;
        await server.DisposeAsync();
        using var sut = new ModelHub(new HubSettings { Endpoint = address, Cache = folder }, pause: TimeSpan.Zero);

        var fault = await Assert.ThrowsAsync<DownloadException>(() => sut.Bring(Model, null, TestContext.Current.CancellationToken));

        Assert.StartsWith($"hf:org/tiny: {address.Authority} cannot be reached (", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.IsPassing);
    }

    [Fact]
    public async Task Bring_TwoAtOnce_TransferOnce()
    {
        await using var server = await HubServer.Start(Files);
        var ready = new TaskCompletionSource();
        server.Ready = ready.Task;
        var waiting = new TaskCompletionSource();

        var first = Bring(server, progress: new Told(value => value.File == "model.safetensors" || value.State == DownloadState.Done && value.File == "vocab.txt", waiting));
        await waiting.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var blocked = new TaskCompletionSource();
        var second = Bring(server, progress: new Told(value => value.State == DownloadState.Waiting, blocked));
        await blocked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        ready.SetResult();

        Assert.Equal(await first, await second);
        Assert.Single(server.Transfers("model.safetensors"));
    }

    [Fact]
    public async Task Here_AfterBring_ListsTheModel()
    {
        await using var server = await HubServer.Start(Files);
        await Bring(server);
        using var sut = new ModelHub(new HubSettings { Cache = folder });

        Assert.Equal([new(Model with { Revision = Commit }, Place)], sut.Here);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<string> Fault(HubServer server, HubReference? model = null) => (await Assert.ThrowsAsync<DownloadException>(() => Bring(server, model))).Message;

    private async Task<HubModel> Bring(HubServer server, HubReference? model = null, string? token = null, bool isOffline = false, IProgress<DownloadProgress>? progress = null)
    {
        using var sut = new ModelHub(new HubSettings { Endpoint = server.Url, Cache = folder, Token = token, IsOffline = isOffline }, pause: TimeSpan.Zero);
        return await sut.Bring(model ?? Model, progress, TestContext.Current.CancellationToken);
    }

    private sealed class Told(Func<DownloadProgress, bool> isIt, TaskCompletionSource told) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            if (isIt(value))
                told.TrySetResult();
        }
    }
}
