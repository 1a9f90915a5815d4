using System.Text.Json.Nodes;
using Nola.Client.Specs;
using Nola.Testing;

namespace Nola.Client.Tests.Specs;

public class SpecSchemaTests
{
    private readonly JsonSchemaCheck sut = new((JsonObject)JsonNode.Parse(SpecSchema.Print())!);

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Path.Combine(SharedData.RepositoryRoot, "examples"), "*.yaml").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Print_Example_Fits(string name) => Assert.Empty(sut.FaultsOf(YamlAsJson.Read(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "examples", name)))));

    [Theory]
    [InlineData("name: a\ntask: sequence-classification\nmethods: [full]\nmodel: nola-mini\n", "$: has the unknown key model")]
    [InlineData("name: a\ntask: sequence-classification\n", "$: lacks methods")]
    [InlineData("name: a\ntask: masked-lm\nmethods: [lore]\n", "$.methods: fits none of the choices")]
    [InlineData("name: a\ntask: masked-lm\nmethods: { lora: { rang: 8 } }\n", "$.methods: fits none of the choices")]
    [InlineData("name: a\ntask: masked-lm\nmethods: full\nbudget: { total: { deviceTime: 40 } }\n", "$.budget.total.deviceTime: is no string")]
    [InlineData("name: a\ntask: masked-lm\nmethods: full\nbudget: { total: { cost: 120 pounds } }\n", @"$.budget.total.cost: does not match ^\s*[0-9]+(\.[0-9]+)?\s*[A-Z]{3}\s*$")]
    [InlineData("name: a\ntask: masked-lm\nmethods: full\npriority: 200\n", "$.priority: is above 100")]
    [InlineData("name: a\ntask: masked-lm\nmethods: full\nseeds: [1.5]\n", "$.seeds: fits none of the choices")]
    [InlineData("name: a\ntask: masked-lm\nmethods: full\nsearch: { space: {} }\n", "$.search.space: has too few keys")]
    public void Print_WrongSpec_DoesNotFit(string text, string fault) => Assert.Equal([fault], sut.FaultsOf(YamlAsJson.Read(text)));

    [Fact]
    public void Print_UnknownTask_DoesNotFit() => Assert.Equal(
        [$"$.task: is none of [{string.Join(',', Core.Experiments.TaskCatalogue.All.Keys.Select(task => $"\"{task}\""))}]"],
        sut.FaultsOf(YamlAsJson.Read("name: a\ntask: classification\nmethods: [full]\n")));
}
