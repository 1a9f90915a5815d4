using Nola.Contracts;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;

namespace Nola.Silo.Tests.Hosting;

public sealed class NolaClusterClientTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-client-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Connect_OwnerOfAStore_Answers()
    {
        await using var silo = await EmbeddedSilo.Start(folder);
        var store = Path.Combine(folder, "nola.db");
        var owner = StoreOwner.TryFind(store);

        Assert.Equal(Environment.ProcessId, owner!.Process);
        await using var byOwner = await NolaClusterClient.Connect(owner, store, TestContext.Current.CancellationToken);
        Assert.Equal("tiny", await byOwner.Client.GetGrain<ICatalogGrain>(0).NewId("tiny"));
        await using var byAddress = await NolaClusterClient.Connect(owner.Gateway, null, TestContext.Current.CancellationToken);
        Assert.Equal("tiny-2", await byAddress.Client.GetGrain<ICatalogGrain>(0).NewId("tiny"));
    }

    [Fact]
    public async Task Start_StoreOfARunningSilo_IsRefused()
    {
        await using var silo = await EmbeddedSilo.Start(folder);

        await Assert.ThrowsAsync<StoreInUseException>(() => EmbeddedSilo.Start(folder));
    }

    [Theory]
    [InlineData("nowhere", "'nowhere' is no cluster; write redis://HOST:PORT, or HOST:PORT of a silo's gateway.")]
    [InlineData("127.0.0.1:0", "'127.0.0.1:0' is no cluster; write redis://HOST:PORT, or HOST:PORT of a silo's gateway.")]
    [InlineData("no such host:1", "'no such host:1' is no cluster: no address is known for 'no such host'; write redis://HOST:PORT, or HOST:PORT of a silo's gateway.")]
    public async Task Connect_NoAddress_SaysWhatToWrite(string address, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<FormatException>(() => NolaClusterClient.Connect(address, null, TestContext.Current.CancellationToken))).Message);
}
