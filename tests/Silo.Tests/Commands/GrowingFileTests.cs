using Nola.Silo.Commands;

namespace Nola.Silo.Tests.Commands;

public sealed class GrowingFileTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("", "1\n2", "1,2")]
    [InlineData("old\n", "1\n2\n", "1,2")]
    public async Task Follow_WrittenBeforeAnybodyLooked_IsReadToTheLastLine(string before, string written, string expected)
    {
        File.WriteAllText(file, before);
        var growing = new GrowingFile(file);
        File.AppendAllText(file, written);

        Assert.Equal(expected, await Read(growing));
    }

    [Fact]
    public async Task Follow_WrittenAnew_IsReadFromItsBeginning()
    {
        File.WriteAllText(file, "a long line of before\n");
        var growing = new GrowingFile(file);
        File.WriteAllText(file, "1\n");

        Assert.Equal("1", await Read(growing));
    }

    private static async Task<string> Read(GrowingFile growing)
    {
        var lines = new List<string>();
        await growing.Follow(new(() => { }, line => { lines.Add(line); return ValueTask.CompletedTask; }), TimeSpan.FromMinutes(1), TimeProvider.System, new(canceled: true));
        return string.Join(",", lines);
    }
}
