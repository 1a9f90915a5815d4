using Microsoft.Data.Sqlite;
using Nola.Silo.Storage;
using Nola.Testing.Processes;

namespace Nola.Silo.Tests.Storage;

public sealed class SqliteStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-store-").FullName;

    private string File => Path.Combine(folder, "nola.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Put_ThenReopen_KeepsStateAndVersion()
    {
        await using (var store = SqliteStore.Open(File))
        {
            Assert.Null(store.Read("a"));
            Assert.Equal(1, await store.Put("a", [1], null));
            Assert.Equal(2, await store.Put("a", [2], 1));
        }

        await using var again = SqliteStore.Open(File);
        Assert.Equal(2, again.Read("a")!.Value.Version);
        Assert.Equal([2], again.Read("a")!.Value.Json);
    }

    [Fact]
    public async Task Put_ManyWritersOfOneVersion_ExactlyOneWins()
    {
        await using var store = SqliteStore.Open(File);
        await store.Put("a", [0], null);

        var writers = await Task.WhenAll(Enumerable.Range(1, 100).Select(async value =>
        {
            try
            {
                await store.Put("a", [(byte)value], 1);
                return true;
            }
            catch (StaleStateException)
            {
                return false;
            }
        }));

        Assert.Single(writers, won => won);
        Assert.Equal(2, store.Read("a")!.Value.Version);
    }

    [Fact]
    public async Task Put_StaleVersion_SaysBothVersions()
    {
        await using var store = SqliteStore.Open(File);
        await store.Put("a", [0], null);

        Assert.Equal("The state a has version 1, and the write expected none.", (await Assert.ThrowsAsync<StaleStateException>(() => store.Put("a", [1], null))).Message);
        Assert.Equal("The state b has version none, and the write expected 4.", (await Assert.ThrowsAsync<StaleStateException>(() => store.Put("b", [1], 4))).Message);
    }

    [Fact]
    public async Task Put_Null_ClearsAndKeepsCounting()
    {
        await using var store = SqliteStore.Open(File);
        await store.Put("a", [1], null);

        Assert.Equal(2, await store.Put("a", null, 1));
        Assert.Null(store.Read("a")!.Value.Json);
        Assert.Equal(3, await store.Put("a", [3], 2));
    }

    [Fact]
    public async Task Put_FiveMegabytes_ComesBackWhole()
    {
        await using var store = SqliteStore.Open(File);
        var large = new byte[5 << 20];
        new Random(1).NextBytes(large);

        await store.Put("ключ/鍵", large, null);

        Assert.Equal(large, store.Read("ключ/鍵")!.Value.Json);
    }

    [Fact]
    public async Task Put_FileFull_FailsThatWriteAloneAndRecovers()
    {
        await using (var store = SqliteStore.Open(File))
            await store.Put("a", [1], null);
        await using var full = SqliteStore.Open(File, pageLimit: 40);

        await Assert.ThrowsAsync<StoreException>(() => full.Put("large", new byte[1 << 20], null));
        Assert.Equal(2, await full.Put("a", [2], 1));
        Assert.Equal([2], full.Read("a")!.Value.Json);
    }

    [Fact]
    public async Task Put_DiskFull_FailsUntilThereIsRoomAgain()
    {
        using var disk = SmallDisk.TryMount(folder, megabytes: 1);
        Assert.SkipWhen(disk is null, "Only root may mount a small file system.");
        await using var store = SqliteStore.Open(Path.Combine(disk.Path, "nola.db"));
        await store.Put("a", [1], null);
        var filler = Path.Combine(disk.Path, "filler");
        disk.Fill(filler);

        await Assert.ThrowsAsync<StoreException>(() => store.Put("large", new byte[1 << 18], null));
        System.IO.File.Delete(filler);

        Assert.Equal(1, await store.Put("large", new byte[1 << 18], null));
        Assert.Equal(2, await store.Put("a", [2], 1));
        Assert.Equal([2], store.Read("a")!.Value.Json);
    }

    [Fact]
    public void Open_NewerSchema_IsRefused()
    {
        using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var fault = Assert.Throws<StoreException>(() => SqliteStore.Open(File));
        Assert.Equal($"The store {File} was written by a newer Nola (schema 99, this one knows 1); use that version, or another store with --store.", fault.Message);
    }

    [Fact]
    public void Open_NoDatabase_SaysSo()
    {
        System.IO.File.WriteAllText(File, new string('x', 4096));

        Assert.StartsWith($"The store {File} cannot be used: ", Assert.Throws<StoreException>(() => SqliteStore.Open(File)).Message, StringComparison.Ordinal);
    }
}
