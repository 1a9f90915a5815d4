using System.Diagnostics;
using System.Globalization;
using Nola.Silo.Storage;

namespace Nola.Silo.Tests.Storage;

/// <summary>A writer that is killed between write and acknowledgement.</summary>
public sealed class SqliteCrashTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-crash-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(40)]
    [InlineData(700)]
    [InlineData(3000)]
    public async Task Kill_InMidWrite_AcknowledgedIsThereTheRestIsAllOrNothing(int lines)
    {
        var path = Path.Combine(folder, "nola.db");
        using var writer = Process.Start(new ProcessStartInfo("dotnet", [typeof(SqliteCrashTests).Assembly.Location, StoreWriter.Argument, path]) { RedirectStandardOutput = true })!;
        var acknowledged = new Dictionary<string, long>();
        for (var line = 0; line < lines; line++)
            Take(await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        writer.Kill();
        while (await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } rest)
            Take(rest);
        await writer.WaitForExitAsync(TestContext.Current.CancellationToken);

        await using var store = SqliteStore.Open(path);
        Assert.NotEmpty(acknowledged);
        foreach (var (key, version) in acknowledged)
        {
            var (json, stored) = store.Read(key)!.Value;
            Assert.InRange(stored, version, version + 1);
            Assert.Equal(StoreWriter.Content(key, stored), json);
        }

        // The last line may be cut: then it is not acknowledged.
        void Take(string? line)
        {
            if (line?.Split(' ') is [var key, var number] && long.TryParse(number, CultureInfo.InvariantCulture, out var version))
                acknowledged[key] = Math.Max(version, acknowledged.GetValueOrDefault(key));
        }
    }
}
