using Nola.Client.Commands;

namespace Nola.Client.Tests.Commands;

public class ParseProblemsTests
{
    [Theory]
    [InlineData("runn", "there is no command 'runn'; did you mean 'run'?", "nola")]
    [InlineData("frobnicate x", "there is no command 'frobnicate'; there are run, submit, watch, ls, show, report, study, pause, resume, cancel, silo, validate, schema, bench, predict, adapter, models, data, completion", "nola")]
    [InlineData("data pul x", "there is no command 'data pul'; did you mean 'pull'?", "nola data")]
    [InlineData("run", "<spec> is missing: The spec file (YAML).", "nola run")]
    [InlineData("data pull", "<dataset> is missing: Names of datasets, as nola data ls shows them.", "nola data pull")]
    [InlineData("run a.yaml b.yaml", "'b.yaml' is one argument too many; nola run takes <spec>", "nola run")]
    [InlineData("ls quickstart", "'quickstart' is one argument too many; nola ls takes none", "nola ls")]
    [InlineData("ls --stor x", "nola ls has no option '--stor'; did you mean '--store'?", "nola ls")]
    [InlineData("validate a.yaml --quiet", "nola validate has no option '--quiet'; it has --help", "nola validate")]
    [InlineData("ls --store", "--store needs a value: Folder with the store and the artifacts of experiments on this machine. Default: $NOLA_HOME, else .nola here.", "nola ls")]
    [InlineData("report x --format xml", "--format is 'xml'; it is one of csv, json, md, table", "nola report")]
    [InlineData("report x -f tabel", "--format is 'tabel'; did you mean 'table'?", "nola report")]
    [InlineData("resume x --slots many", "--slots is 'many'; it takes a whole number", "nola resume")]
    [InlineData("show x --study 1.5", "--study is '1.5'; it takes a whole number", "nola show")]
    [InlineData("completion pwsh", "<shell> is 'pwsh'; it is one of bash, fish, zsh", "nola completion")]
    public async Task Run_WrongCommandLine_SaysWhatWouldBeRight(string line, string problem, string help)
    {
        var result = await Nola.Run(line.Split(' '));

        Assert.Equal(new(ExitCodes.Usage, "", $"nola: {problem}\nSee: {help} --help\n"), result);
    }
}
