using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Reasoning.Endpoints;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Tests.Endpoints;

/// <summary>Keys, recorded answers, frames and prices.</summary>
public sealed class EndpointPartsTests : IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"nola-answers-{Guid.NewGuid():N}.jsonl");

    public void Dispose() => File.Delete(file);

    [Fact]
    public async Task Replay_Answers_AreFoundByIdSampleAndTurn()
    {
        File.WriteAllText(file, """
            {"id": "a", "text": "first"}
            {"id": "a", "sample": 1, "text": "second"}
            {"id": "a", "turn": 1, "text": "third"}
            """);
        using var endpoint = new ReplayEndpoint("m", file);

        Assert.Equal("first", Assert.IsType<Answered>(await endpoint.Ask(Call("a"), default)).Text);
        Assert.Equal("second", Assert.IsType<Answered>(await endpoint.Ask(Call("a") with { Sample = 1 }, default)).Text);
        Assert.Equal("third", Assert.IsType<Answered>(await endpoint.Ask(Call("a") with { Turn = 1 }, default)).Text);
        Assert.Contains("no answer to 'b'", Assert.IsType<Unanswered>(await endpoint.Ask(Call("b"), default)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id": "a"}""", ":1: 'text' is missing")]
    [InlineData("""{"id": "a", "sample": "x", "text": ""}""", ":1: 'sample' is x; it must be a whole number from 0")]
    public void Replay_WrongLine_IsTold(string line, string message)
    {
        File.WriteAllText(file, line);

        Assert.StartsWith(file + message, Assert.Throws<ProblemException>(() => new ReplayEndpoint("m", file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_SameAnswerTwice_IsTold()
    {
        File.WriteAllText(file, "{\"id\": \"a\", \"text\": \"x\"}\n{\"id\": \"a\", \"text\": \"y\"}");

        Assert.Contains(":2: the answer to 'a', sample 0, turn 0 is there already", Assert.Throws<ProblemException>(() => new ReplayEndpoint("m", file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ApiKey_IsReadFromFileAndNeverShown()
    {
        File.WriteAllText(file, " sk-123\n");

        var key = ApiKey.Read("file:" + file);

        Assert.Equal("***", key.ToString());
        Assert.Equal("sk-123", key.Reveal());
        Assert.DoesNotContain("sk-123", new OpenAiOptions { Url = new("http://a"), Model = "m", Key = key }.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk-verysecret")]
    [InlineData("env:NOLA_NO_SUCH_KEY")]
    [InlineData("file:/no/such/file")]
    public void ApiKey_WrongSource_IsToldWithoutTheKey(string source) =>
        Assert.DoesNotContain("verysecret", Assert.Throws<ArgumentException>(() => ApiKey.Read(source)).Message, StringComparison.Ordinal);

    [Fact]
    public void CallKey_OrderOfKeys_DoesNotMatter() => Assert.Equal(
        CallKey.Of("e", "m", JsonNode.Parse("""{"a": 1, "b": {"c": 2, "d": [1]}}""")!, 0),
        CallKey.Of("e", "m", JsonNode.Parse("""{"b": {"d": [1], "c": 2}, "a": 1}""")!, 0));

    [Fact]
    public void PromptFrames_Instruction_WrapsSystemAndUser() => Assert.Equal(
        "### Instruction:\nbe brief\n\nwhat?\n\n### Response:\n",
        PromptFrames.Known["instruction"].Wrap(new() { System = "be brief", User = "what?", MaxTokens = 1 }));

    [Fact]
    public void PricePerToken_CostOf_IsByTheMillion() => Assert.Equal(2.5m + 5m, new PricePerToken("USD", 2.50m, 10m).CostOf(1_000_000, 500_000));

    private static EndpointCall Call(string id) => new() { Id = id, Prompt = new Prompt { User = "what?", MaxTokens = 5 } };
}
