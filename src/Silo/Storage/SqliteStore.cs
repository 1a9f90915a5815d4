using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Nola.Silo.Storage;

/// <summary>
/// One SQLite file with the state of grains. A single writer thread groups all waiting writes into one transaction; a write is acknowledged
/// when its transaction is in the write-ahead log, so it survives the end of the process.
/// </summary>
/// <remarks>With synchronous=NORMAL a loss of power may take back the last transactions, never damage the file.</remarks>
public sealed class SqliteStore : IAsyncDisposable
{
    /// <summary>Version of the tables; a file of a newer version is refused.</summary>
    public const int SchemaVersion = 1;

    private const int LargestGroup = 512;

    private readonly string path;
    private readonly Channel<Write> writes = Channel.CreateUnbounded<Write>(new() { SingleReader = true });
    private readonly SqliteConnection writer;
    private readonly SqliteConnection reader;
    private readonly Lock readGate = new();
    private readonly Task writing;

    private SqliteStore(string path, SqliteConnection writer, SqliteConnection reader)
    {
        this.path = path;
        this.writer = writer;
        this.reader = reader;
        writing = Task.Factory.StartNew(WriteRepeatedly, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Opens the file, made when it is not there. Throws <see cref="StoreException"/> for a file that is no store or is of a newer version.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pageLimit">Largest size in pages of 4 KiB; null for as much as the disk holds.</param>
    public static SqliteStore Open(string path, int? pageLimit = null)
    {
        SqliteConnection? writer = null;
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            writer = Connect(path);
            var version = Convert.ToInt32(Run(writer, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
            if (version > SchemaVersion)
                throw new StoreException($"The store {path} was written by a newer Nola (schema {version}, this one knows {SchemaVersion}); use that version, or another store with --store.");
            Run(writer, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000");
            if (pageLimit is { } pages)
                Run(writer, $"PRAGMA max_page_count = {pages}");
            if (version < 1)
                Run(writer, $"CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, etag INTEGER NOT NULL, json BLOB) WITHOUT ROWID; PRAGMA user_version = {SchemaVersion}");
            return new(path, writer, Connect(path));
        }
        catch (SqliteException fault)
        {
            writer?.Dispose();
            throw new StoreException($"The store {path} cannot be used: {fault.Message}", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The store {path} cannot be used: {fault.Message}", fault);
        }
    }

    /// <summary>The state under a key and its version; null when there is none.</summary>
    public (byte[]? Json, long Version)? Read(string key)
    {
        lock (readGate)
        {
            using var command = reader.CreateCommand();
            command.CommandText = "SELECT json, etag FROM state WHERE key = $key";
            command.Parameters.AddWithValue("$key", key);
            using var row = command.ExecuteReader();
            return row.Read() ? (row.IsDBNull(0) ? null : (byte[])row[0], row.GetInt64(1)) : null;
        }
    }

    /// <summary>
    /// Writes state (null clears it) if its version is still <paramref name="expected"/> (null: not written yet); returns the new version.
    /// Throws <see cref="StaleStateException"/> when it is not.
    /// </summary>
    public Task<long> Put(string key, byte[]? json, long? expected)
    {
        var write = new Write(key, json, expected);
        return writes.Writer.TryWrite(write) ? write.Done.Task : throw new StoreException($"The store {path} is closed.");
    }

    public async ValueTask DisposeAsync()
    {
        writes.Writer.TryComplete();
        await writing;
        await writer.DisposeAsync();
        await reader.DisposeAsync();
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private async Task WriteRepeatedly()
    {
        var group = new List<Write>(LargestGroup);
        while (await writes.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < LargestGroup && writes.Reader.TryRead(out var write))
                group.Add(write);
            if (TryWrite(group) is null || group.Count == 1)
                continue;

            // One bad write must not fail its neighbours: each alone.
            foreach (var write in group)
                TryWrite([write]);
        }
    }

    // Acknowledges the group's writes and returns null, or returns the fault; a group of one is told its fault.
    private Exception? TryWrite(List<Write> group)
    {
        var results = new (long Version, Exception? Fault)[group.Count];
        try
        {
            using var transaction = writer.BeginTransaction();
            for (var index = 0; index < group.Count; index++)
                results[index] = Apply(transaction, group[index]);
            transaction.Commit();
        }
        catch (SqliteException fault)
        {
            if (group.Count == 1)
                group[0].Done.TrySetException(new StoreException($"The store {path} did not take a write: {fault.Message}", fault));
            return fault;
        }

        for (var index = 0; index < group.Count; index++)
            if (results[index].Fault is { } stale)
                group[index].Done.TrySetException(stale);
            else
                group[index].Done.TrySetResult(results[index].Version);
        return null;
    }

    private (long Version, Exception? Fault) Apply(SqliteTransaction transaction, Write write)
    {
        using var command = writer.CreateCommand();
        command.Transaction = transaction;
        command.Parameters.AddWithValue("$key", write.Key);
        command.Parameters.AddWithValue("$json", (object?)write.Json ?? DBNull.Value);
        command.Parameters.AddWithValue("$expected", write.Expected ?? 0);
        command.CommandText = write.Expected is null
            ? "INSERT INTO state (key, etag, json) VALUES ($key, 1, $json) ON CONFLICT DO NOTHING"
            : "UPDATE state SET etag = etag + 1, json = $json WHERE key = $key AND etag = $expected";
        if (command.ExecuteNonQuery() == 1)
            return ((write.Expected ?? 0) + 1, null);
        using var look = writer.CreateCommand();
        look.Transaction = transaction;
        look.CommandText = "SELECT etag FROM state WHERE key = $key";
        look.Parameters.AddWithValue("$key", write.Key);
        return (0, new StaleStateException(write.Key, look.ExecuteScalar() as long?, write.Expected));
    }

    private sealed record Write(string Key, byte[]? Json, long? Expected)
    {
        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The store cannot be used or did not take a write; the message names the file and the cause.</summary>
public class StoreException : Exception
{
    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

/// <summary>Somebody else has written this state since it was read.</summary>
public sealed class StaleStateException(string key, long? stored, long? expected)
    : Exception($"The state {key} has version {stored?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}, and the write expected {expected?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}.")
{
    public long? Stored { get; } = stored;

    public long? Expected { get; } = expected;
}
