using Microsoft.Extensions.Time.Testing;
using Nola.Silo.Storage;

namespace Nola.Silo.Tests.Storage;

public sealed class StoreLockTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-lock-").FullName;
    private readonly FakeTimeProvider time = new(new(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));

    private string Store => Path.Combine(folder, "nola.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Take_TakenStore_TellsTheOwner()
    {
        using var held = StoreLock.Take(Store, "127.0.0.1:30000", "nola", time);

        var owner = new StoreOwner(Environment.ProcessId, "127.0.0.1:30000", "nola", time.GetUtcNow());
        Assert.Equal(owner, StoreOwner.TryFind(Store));
        var refused = Assert.Throws<StoreInUseException>(() => StoreLock.Take(Store, "127.0.0.1:30001", "nola", time));
        Assert.Equal(owner, refused.Owner);
        Assert.Equal(
            $"The store {Store} is in use by process {Environment.ProcessId} since 2026-11-24 02:00:00Z; talk to it with --cluster 127.0.0.1:30000, stop it, or use another store.",
            refused.Message);
    }

    [Fact]
    public void Take_GivenBack_IsFree()
    {
        StoreLock.Take(Store, "127.0.0.1:30000", "nola", time).Dispose();

        Assert.Null(StoreOwner.TryFind(Store));
        StoreLock.Take(Store, "127.0.0.1:30001", "nola", time).Dispose();
    }

    [Fact]
    public void TryFind_OwnerDiedWithoutGoodbye_FindsNobody()
    {
        StoreLock.Take(Store, "127.0.0.1:30000", "nola", time).Dispose();
        File.WriteAllText(StoreLock.OwnerPathFor(Store), """{"process":1,"gateway":"127.0.0.1:1","cluster":"nola","startedAt":"2026-01-01T00:00:00+00:00"}""");

        Assert.Null(StoreOwner.TryFind(Store));
        Assert.Null(StoreOwner.TryFind(Path.Combine(folder, "nothing", "here.db")));
    }

    [Fact]
    public void Take_FolderIsAFile_SaysSo()
    {
        File.WriteAllText(Path.Combine(folder, "file"), "");

        var fault = Assert.Throws<StoreException>(() => StoreLock.Take(Path.Combine(folder, "file", "nola.db"), "", "", TimeProvider.System));
        Assert.StartsWith($"The store {folder}/file/nola.db cannot be used: ", fault.Message, StringComparison.Ordinal);
    }
}
