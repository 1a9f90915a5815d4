using System.Text.Json.Nodes;
using Nola.Client.Reports;
using Nola.Client.Tests.Specs;
using Nola.Core.Reports;
using Nola.Testing;

namespace Nola.Client.Tests.Reports;

public class ReportSchemaTests
{
    private static readonly string Docs = Path.Combine(SharedData.RepositoryRoot, "docs");

    private readonly JsonObject schema = Read("report.schema.json");

    /// <summary>A schema of the docs.</summary>
    internal static JsonObject Read(string file) => (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Docs, file)))!;

    [Fact]
    public void Schema_OfSample_Fits() => Assert.Empty(new JsonSchemaCheck(schema).FaultsOf(JsonNode.Parse(ReportJson.Write(SampleReport.Build()))));

    [Fact]
    public void Schema_OfReportWithoutTrials_Fits() =>
        Assert.Empty(new JsonSchemaCheck(schema).FaultsOf(JsonNode.Parse(ReportJson.Write(ReportBuilder.Build(SampleReport.Spec with { Rates = null }, SampleReport.Status, [])))));

    [Theory]
    [InlineData("cost", "\"2 GBP\"", "$.cost: is no number")]
    [InlineData("costs", "2", "$: has the unknown key costs")]
    [InlineData("state", "\"done\"", "$.state: is none of [\"queued\",\"running\",\"paused\",\"finished\",\"cancelled\"]")]
    public void Schema_OfAnotherReport_DoesNotFit(string key, string value, string fault)
    {
        var report = (JsonObject)JsonNode.Parse(ReportJson.Write(SampleReport.Build()))!;
        report[key] = JsonNode.Parse(value);

        Assert.Equal([fault], new JsonSchemaCheck(schema).FaultsOf(report));
    }

    [Theory]
    [InlineData("report.schema.json")]
    [InlineData("analyses.schema.json")]
    public void Schema_EveryObject_IsClosedAndDescribesItsProperties(string file)
    {
        var objects = Nodes(Read(file)).OfType<JsonObject>().Where(node => node["properties"] is JsonObject).ToArray();

        Assert.True(objects.Length > 8);
        Assert.All(objects, node => Assert.False((bool)node["additionalProperties"]!, node.GetPath()));
        Assert.All(objects.SelectMany(node => (JsonObject)node["properties"]!), property => Assert.True(property.Value!["description"]?.GetValue<string>().Length > 10, $"{property.Value.GetPath()} has no description"));
    }

    [Fact]
    public void Page_NamesEveryPropertyOfAStudyAndEveryColumnOfCsv()
    {
        var page = File.ReadAllText(Path.Combine(Docs, "report.md"));
        var properties = ((JsonObject)schema["$defs"]!["study"]!["properties"]!).Select(property => property.Key);
        var columns = ReportCsv.Write(SampleReport.Build()).Split('\n')[0].Split(',')
            .Where(column => column is not ("macro-f1" or "macro-f1 sd" or "accuracy" or "accuracy sd" or "loss" or "loss sd" or "learningRate" or "cost GBP"));

        Assert.All(properties.Concat(columns), name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => node switch
    {
        JsonObject map => map.Where(item => item.Value is not null).SelectMany(item => Nodes(item.Value!)).Prepend(node),
        JsonArray list => list.Where(item => item is not null).SelectMany(item => Nodes(item!)).Prepend(node),
        _ => [node],
    };
}
