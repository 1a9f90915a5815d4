using Nola.Reasoning.Endpoints;
using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Tests.Endpoints;

/// <summary>Answers are stored before they are seen and never paid twice.</summary>
public sealed class StoredEndpointTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"nola-answers-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Ask_Again_IsAnsweredFromTheStoreAlsoAfterARestart()
    {
        var endpoint = new Counting();
        using (var store = new AnswerStore(folder))
        {
            var first = await new StoredEndpoint(endpoint, store).Ask(Call("a"), default);
            var second = await new StoredEndpoint(endpoint, store).Ask(Call("a"), default);
            Assert.Equal((1, 0), (first.Attempts, second.Attempts));
        }

        using var again = new AnswerStore(folder);
        var stored = Assert.IsType<Answered>(await new StoredEndpoint(endpoint, again).Ask(Call("a"), default));

        Assert.Equal(new Answered("answer to a: żółć\n", "length", new(3, 4), 0, TimeSpan.Zero) { LogProbabilities = "[1]" }, stored);
        Assert.Equal(1, endpoint.Asked);
    }

    [Fact]
    public async Task Ask_TwoAtOnce_ArePaidOnce()
    {
        var endpoint = new Counting { Gate = new() };
        using var store = new AnswerStore(folder);
        using var stored = new StoredEndpoint(endpoint, store);

        var calls = Enumerable.Range(0, 20).Select(_ => stored.Ask(Call("a"), default)).ToArray();
        endpoint.Gate.SetResult();
        await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((1, 1), (endpoint.Asked, store.Count));
    }

    [Fact]
    public async Task Ask_FirstCallerGivesUp_TheSecondIsAnswered()
    {
        var endpoint = new Counting { Gate = new() };
        using var store = new AnswerStore(folder);
        using var stored = new StoredEndpoint(endpoint, store);
        using var stop = new CancellationTokenSource();

        var first = stored.Ask(Call("a"), stop.Token);
        var second = stored.Ask(Call("a"), default);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        endpoint.Gate.SetResult();

        Assert.IsType<Answered>(await second.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Ask_Unanswered_IsNotStored()
    {
        var endpoint = new Counting { Fails = true };
        using var store = new AnswerStore(folder);
        using var stored = new StoredEndpoint(endpoint, store);

        Assert.IsType<Unanswered>(await stored.Ask(Call("a"), default));
        Assert.IsType<Unanswered>(await stored.Ask(Call("a"), default));

        Assert.Equal((2, 0), (endpoint.Asked, store.Count));
    }

    [Fact]
    public void Open_AfterAProcessWasKilled_LosesTheCutLineAlone()
    {
        using (var store = new AnswerStore(folder))
        {
            store.Add("a", new("x", null, new(1, 1), 1, TimeSpan.Zero));
            store.Add("b", new("y", null, new(1, 1), 1, TimeSpan.Zero));
        }

        var file = Directory.GetFiles(folder).Single(path => new FileInfo(path).Length > 0);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^5]);
        using var again = new AnswerStore(folder);

        Assert.Equal("x", again.Find("a")!.Text);
        Assert.Null(again.Find("b"));
    }

    [Fact]
    public void Open_TwoAtOnce_KeepBothTheirAnswers()
    {
        using (AnswerStore one = new(folder), two = new(folder))
        {
            one.Add("a", new("x", null, new(1, 1), 1, TimeSpan.Zero));
            two.Add("b", new("y", null, new(1, 1), 1, TimeSpan.Zero));
        }

        using var again = new AnswerStore(folder);

        Assert.Equal(2, again.Count);
    }

    private static EndpointCall Call(string id) => new() { Id = id, Prompt = new Prompt { User = id, MaxTokens = 5 } };

    private sealed class Counting : IEndpoint
    {
        private int asked;

        public string Model => "counting";

        public int Asked => asked;

        public bool Fails { get; init; }

        public TaskCompletionSource? Gate { get; init; }

        public string KeyOf(EndpointCall call) => call.Id;

        public async Task<EndpointReply> Ask(EndpointCall call, CancellationToken stop)
        {
            Interlocked.Increment(ref asked);
            if (Gate is not null)
                await Gate.Task.WaitAsync(stop);
            return Fails
                ? new Unanswered("no", 1, TimeSpan.Zero)
                : new Answered($"answer to {call.Id}: żółć\n", "length", new(3, 4), 1, TimeSpan.FromSeconds(1)) { LogProbabilities = "[1]" };
        }

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}
