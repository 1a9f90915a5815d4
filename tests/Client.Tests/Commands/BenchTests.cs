using System.Text.Json.Nodes;
using Nola.Client.Commands;

namespace Nola.Client.Tests.Commands;

public class BenchTests
{
    [Fact]
    public async Task Bench_Samplers_AsExpected() =>
        Expectation.Matches((await Nola.Run("bench", "--function", "sphere,branin", "--samplers", "random,qmc", "--seeds", "5", "--trials", "20", "--parallelism", "4")).Output, "Table");

    [Fact]
    public async Task Bench_Json_TpeIsBetterThanRandomAndHalvingIsQuicker()
    {
        var (code, output, error) = await Nola.Run("bench", "--function", "branin", "--samplers", "random,tpe", "--pruners", "none,halving", "--seeds", "6", "--trials", "60", "--json");

        var results = JsonNode.Parse(output)!.AsArray();
        Assert.Equal((ExitCodes.Success, 4), (code, results.Count));
        Assert.Equal(["random", "random", "tpe", "tpe"], results.Select(result => (string)result!["sampler"]!));
        Assert.Equal([null, "halving", null, "halving"], results.Select(result => (string?)result!["pruner"]));
        Assert.All(results, result => Assert.Equal(6, result!["gaps"]!.AsArray().Count));
        Assert.True((double)results[2]!["median"]! < (double)results[0]!["median"]!);
        Assert.True((double)results[3]!["time"]! < 0.5 * (double)results[2]!["time"]!);
        Assert.EndsWith("searched 24 of 24, branin with tpe\n", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--function has 'spheer'; did you mean 'sphere'?", "--function", "sphere,spheer")]
    [InlineData("--samplers has 'grid'; there are cma-es, gp, nsga, qmc, random, tpe", "--samplers", "grid")]
    [InlineData("--seeds is 0; give 1 to 100000.", "--seeds", "0")]
    [InlineData("The sampler gp looks for one objective only, but zdt1 has 2; use tpe or nsga.", "--function", "zdt1", "--samplers", "gp")]
    [InlineData("The pruner median judges by one objective, but zdt1 has 2.", "--function", "zdt1", "--pruners", "median")]
    public async Task Bench_WrongOption_SaysWhatWouldBeRight(string problem, params string[] options) =>
        Assert.Equal(new(ExitCodes.Usage, "", $"nola: {problem}\n"), await Nola.Run(["bench", .. options]));
}
