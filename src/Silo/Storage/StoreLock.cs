using System.Text.Json;

namespace Nola.Silo.Storage;

/// <summary>
/// Keeps a SQLite store to one silo: an exclusive lock on <c>STORE.lock</c>, which the system frees with the process, however it ends. Beside it
/// <c>STORE.owner</c> tells who has it; .NET reads no file that is locked.
/// </summary>
public sealed class StoreLock : IDisposable
{
    // Somebody who looks for the owner holds a shared lock for a moment.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly FileStream file;
    private readonly string owner;

    private StoreLock(FileStream file, string owner)
    {
        this.file = file;
        this.owner = owner;
    }

    /// <summary>The lock file of a store.</summary>
    public static string PathFor(string storePath) => Path.GetFullPath(storePath) + ".lock";

    /// <summary>The file that names the owner of a store.</summary>
    public static string OwnerPathFor(string storePath) => Path.GetFullPath(storePath) + ".owner";

    /// <summary>Takes the store for this process and tells others where it is reached.</summary>
    /// <exception cref="StoreInUseException">Another silo has it; <see cref="StoreInUseException.Owner"/> tells where that one is reached.</exception>
    /// <exception cref="StoreException">The folder cannot be written.</exception>
    public static StoreLock Take(string storePath, string gateway, string cluster, TimeProvider time)
    {
        var path = PathFor(storePath);
        var began = time.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                var owner = OwnerPathFor(storePath);
                File.WriteAllText(owner + ".new", JsonSerializer.Serialize(new StoreOwner(Environment.ProcessId, gateway, cluster, time.GetUtcNow()), StoreOwner.Json));
                File.Move(owner + ".new", owner, overwrite: true);
                return new(file, owner);
            }
            catch (UnauthorizedAccessException fault)
            {
                throw new StoreException($"The store {storePath} cannot be used: {fault.Message}", fault);
            }
            catch (IOException fault) when (StoreOwner.TryFind(storePath) is { } owner)
            {
                throw new StoreInUseException(storePath, owner, fault);
            }
            catch (IOException fault) when (fault is DirectoryNotFoundException || time.GetElapsedTime(began) > Patience)
            {
                throw new StoreException($"The store {storePath} cannot be used: {fault.Message}", fault);
            }
            catch (IOException)
            {
                pause.Wait(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    public void Dispose()
    {
        File.Delete(owner);
        file.Dispose();
    }
}

/// <summary>Another silo has the store open.</summary>
public sealed class StoreInUseException(string storePath, StoreOwner owner, Exception cause) : StoreException(
    string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The store {storePath} is in use by process {owner.Process} since {owner.StartedAt:u}; talk to it with --cluster {owner.Gateway}, stop it, or use another store."), cause)
{
    /// <summary>The silo that has it.</summary>
    public StoreOwner Owner { get; } = owner;
}
