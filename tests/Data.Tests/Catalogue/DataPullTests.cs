using System.Security.Cryptography;
using System.Text;
using Nola.Core.Experiments;
using Nola.Data.Catalogue;
using Nola.Data.Downloads;
using Nola.Testing;

namespace Nola.Data.Tests.Catalogue;

public sealed class DataPullTests : IDisposable
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("text,label\n" + string.Concat(Enumerable.Range(0, 20_000).Select(row => $"row {row},{row % 3}\n")));

    private readonly string folder = Directory.CreateTempSubdirectory("nola-pull-").FullName;
    private readonly HttpClient http = new();

    private DataPull Sut => new(new(http, TimeProvider.System) { Pause = TimeSpan.Zero, Remedy = DataPull.Remedy });

    private string Target => Path.Combine(folder, "small", "train.csv");

    public void Dispose()
    {
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Pull_Origin_BringsTheFileOnce()
    {
        using var server = new UnreliableServer(Content, new UnreliableServer.Answer());

        await Pull(server);
        await Pull(server);

        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Single(server.Ranges);
    }

    [Fact]
    public async Task Pull_BrokenTransfer_GoesOnWhereItBroke()
    {
        using var server = new UnreliableServer(Content, new(Bytes: 1000), new(Status: "503 Service Unavailable"), new(Bytes: 500), new());

        await Pull(server);

        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([null, "1000-", "1000-", "1500-"], server.Ranges);
    }

    [Fact]
    public async Task Pull_ServerIgnoresRanges_StartsAnew()
    {
        using var server = new UnreliableServer(Content, new(Bytes: 1000), new(IgnoresRange: true));

        await Pull(server);

        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Pull_BrokenAgainAndAgain_SaysSoAndTheNextCallGoesOn()
    {
        using var server = new UnreliableServer(Content, new(Bytes: 1000), new(Bytes: 1), new(Bytes: 1), new(Bytes: 1), new());

        var fault = await Assert.ThrowsAsync<DownloadException>(() => Pull(server));
        Assert.False(File.Exists(Target));
        await Pull(server);

        Assert.StartsWith($"{server.Address}: the transfer broke 4 times, 1003 bytes are here (", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("run the command again to go on from there, or use --from with a mirror", fault.Message, StringComparison.Ordinal);
        Assert.Equal("1003-", server.Ranges[^1]);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Pull_WrongChecksum_KeepsNothing()
    {
        using var server = new UnreliableServer([.. Content[..^1], 0], new UnreliableServer.Answer());

        var fault = await Assert.ThrowsAsync<DownloadException>(() => Pull(server));

        Assert.Equal($"{server.Address}: train.csv ({Content.Length} bytes) has not the expected checksum {Sum[..12]}…; it was changed or damaged on the way, and nothing of it was kept", fault.Message);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "small")));
    }

    [Fact]
    public async Task Pull_NotFound_IsNotTriedAgain()
    {
        using var server = new UnreliableServer(Content, new UnreliableServer.Answer(Status: "404 Not Found"));

        var fault = await Assert.ThrowsAsync<DownloadException>(() => Pull(server));

        Assert.Equal($"{server.Address}: the server answers 404 Not Found; use --from with a mirror", fault.Message);
        Assert.Single(server.Ranges);
    }

    [Fact]
    public async Task Pull_WholeFileWithoutItsName_IsNotTransferredAgain()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target + ".part", Content);
        using var server = new UnreliableServer(Content, new UnreliableServer.Answer());

        await Pull(server);

        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Pull_ChangedFile_IsBroughtAgain()
    {
        using var server = new UnreliableServer(Content, new(), new());
        await Pull(server);
        File.AppendAllText(Target, "x");

        await Pull(server);

        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Pull_Mirror_CopiesAndChecks()
    {
        var mirror = Directory.CreateDirectory(Path.Combine(folder, "mirror")).FullName;
        var dataset = Dataset(new("http://127.0.0.1:9/train.csv"));
        var missing = await Assert.ThrowsAsync<DownloadException>(() => Sut.Pull(dataset, mirror, folder, null, default));
        File.WriteAllBytes(Path.Combine(mirror, "train.csv"), Content);

        await Sut.Pull(dataset, mirror, folder, null, default);

        Assert.Equal($"{mirror} has neither small/train.csv nor train.csv; name a folder that holds the files of small", missing.Message);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([Target], dataset.In(folder)!.Train);
    }

    [Fact]
    public async Task Pull_Problems_AreHereOnceTheyAreMade()
    {
        using var server = new UnreliableServer(Content, new UnreliableServer.Answer());
        var dataset = Dataset(server.Address) with { IsProblems = true };

        await Sut.Pull(dataset, null, folder, null, TestContext.Current.CancellationToken);

        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Null(dataset.In(folder));
        File.WriteAllText(dataset.ProblemFile(folder), "{}");
        Assert.Equal([Path.Combine(folder, "small", "problems.jsonl")], dataset.In(folder)!.Test);
    }

    [Theory]
    [InlineData("mts-dialog", 1201, 100, 400)]
    [InlineData("mts-sections", 1201, 100, 400)]
    [InlineData("chemprot", 4169, 2427, 3469)]
    public async Task Pull_RealDataFromAMirror_HasItsChecksumsAndSizes(string name, int train, int validation, int test)
    {
        var mirror = SharedData.Require("peft");

        await Sut.Pull(DataCatalogue.All.Single(dataset => dataset.Name == name), mirror, folder, null, default);

        var spec = DataCatalogue.All.Single(dataset => dataset.Name == name).In(folder)!;
        Assert.Equal((train, validation, test), (Count(Split.Train), Count(Split.Validation), Count(Split.Test)));

        int Count(Split split) => DatasetReader.Read(spec, split, needsLabels: true).Count;
    }

    [Fact]
    public async Task Fits_GitBlob_IsGitsName()
    {
        File.WriteAllText(Path.Combine(folder, "hello"), "hello\n");

        Assert.True(await new Checksum(ChecksumKind.GitBlob, "ce013625030ba8dba906f756967f9e9ca394464a").Fits(Path.Combine(folder, "hello"), default));
    }

    private static string Sum => Convert.ToHexStringLower(SHA256.HashData(Content));

    private static KnownDataset Dataset(Uri origin) => new()
    {
        Name = "small",
        Summary = "",
        Licence = "",
        Folder = "small",
        Format = DataFormat.Csv,
        Files = [new(origin, Split.Train, new(ChecksumKind.Sha256, Sum))],
    };

    private Task<string> Pull(UnreliableServer server) => Sut.Pull(Dataset(server.Address), null, folder, null, TestContext.Current.CancellationToken);
}
