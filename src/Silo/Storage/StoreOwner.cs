using System.Text.Json;

namespace Nola.Silo.Storage;

/// <summary>The silo that has a SQLite store open, as <c>STORE.owner</c> tells.</summary>
/// <param name="Process">Its process id.</param>
/// <param name="Gateway">Where clients reach it, as <c>address:port</c>. It may still be starting: wait for it as long as a start takes.</param>
/// <param name="Cluster">Its cluster id.</param>
/// <param name="StartedAt">When it took the store.</param>
public sealed record StoreOwner(int Process, string Gateway, string Cluster, DateTimeOffset StartedAt)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>
    /// The owner of a store, or null when no process has it open. The lock belongs to the living process, so a silo that was killed owns
    /// nothing, whatever that file says.
    /// </summary>
    /// <param name="storePath">The SQLite file.</param>
    public static StoreOwner? TryFind(string storePath)
    {
        var path = StoreLock.PathFor(storePath);
        if (!File.Exists(path) || !IsLocked(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<StoreOwner>(File.ReadAllText(StoreLock.OwnerPathFor(storePath)), Json);
        }
        catch (Exception fault) when (fault is JsonException or IOException)
        {
            return null; // Taken or given back in this very moment.
        }
    }

    // A shared lock cannot be had while somebody holds the exclusive one.
    private static bool IsLocked(string path)
    {
        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
