namespace Nola.Client.Tests.Commands;

public sealed class PipeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-pipe-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Run_ReaderGoesAway_EndsWithoutComplaint()
    {
        var (code, output, error) = await Nola.Bash("set -o pipefail; nola schema | head -1", folder);

        Assert.Equal((0, "{\n", ""), (code, output, error));
    }

    [Fact]
    public async Task Ls_WithoutStore_MakesNone()
    {
        var (code, output, error) = await Nola.Bash("nola ls; nola ls --json; ls -A", folder);

        Assert.Equal((0, "There are no experiments here yet; start one with: nola run SPEC\n[]\n", ""), (code, output, error));
    }
}
