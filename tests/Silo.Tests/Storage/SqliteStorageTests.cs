using System.Text;
using Microsoft.Data.Sqlite;

namespace Nola.Silo.Tests.Storage;

public sealed class SqliteStorageTests : StorageConformance
{
    private string File => Path.Combine(Folder, "nola.db");

    protected override Task<string> Address() => Task.FromResult("sqlite:" + File);

    protected override Task<string?> Raw(string stateName, GrainId id)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT json FROM state WHERE key = $key";
        command.Parameters.AddWithValue("$key", $"{id}/{stateName}");
        return Task.FromResult<string?>(Encoding.UTF8.GetString((byte[])command.ExecuteScalar()!));
    }
}
