using System.Globalization;
using System.Text;
using Nola.Silo.Storage;

namespace Nola.Silo.Tests.Storage;

/// <summary>Writes one state after another into a SQLite store, from 32 sides at once, and prints each that is acknowledged; until it is killed.</summary>
internal static class StoreWriter
{
    public const string Argument = "--write-store";

    /// <summary>What version <paramref name="version"/> of a state looks like: long enough to lie on several pages, and recognisably whole.</summary>
    public static byte[] Content(string key, long version) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(string.Create(CultureInfo.InvariantCulture, $"{key}={version};"), 500)));

    public static async Task Run(string path)
    {
        await using var store = SqliteStore.Open(path);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(number => Task.Run(async () =>
        {
            var key = $"key-{number}";
            for (var version = 1L; ; version++)
            {
                await store.Put(key, Content(key, version), version == 1 ? null : version - 1);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key} {version}"));
            }
        })));
    }
}
