using Nola.Client.Commands;

namespace Nola.Client.Tests.Commands;

public sealed class CompletionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-completion-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("nola ru", "run")]
    [InlineData("nola re", "report,resume")]
    [InlineData("nola data pu", "pull")]
    [InlineData("nola run --sl", "--slots")]
    [InlineData("nola report x --format j", "json")]
    public async Task Bash_OfAWord_CompletesIt(string line, string expected)
    {
        var words = line.Split(' ');
        var result = await Nola.Bash(
            $$"""
            eval "$(nola completion bash)"
            complete -p nola >&2
            COMP_LINE='{{line}}'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=({{line}}); COMP_CWORD={{words.Length - 1}}
            _nola nola '{{words[^1]}}' '{{words[^2]}}'
            IFS=,; printf %s "${COMPREPLY[*]}"
            """,
            folder);

        Assert.Equal(new(0, expected, "complete -o default -F _nola nola\n"), result);
    }

    [Theory]
    [InlineData("bash", "_nola()")]
    [InlineData("zsh", "#compdef nola")]
    [InlineData("fish", "complete -c nola")]
    public async Task Completion_OfShell_PrintsItsScript(string shell, string beginning)
    {
        var (code, output, error) = await Nola.Run("completion", shell);

        Assert.Equal((ExitCodes.Success, ""), (code, error));
        Assert.StartsWith(beginning, output, StringComparison.Ordinal);
    }
}
