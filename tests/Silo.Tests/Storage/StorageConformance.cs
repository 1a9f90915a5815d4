using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Experiments;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;
using Orleans.Storage;

namespace Nola.Silo.Tests.Storage;

/// <summary>What every storage keeps; each is tried as a silo uses it. A subclass plugs one in.</summary>
public abstract class StorageConformance : IAsyncLifetime
{
    private EmbeddedSilo silo = null!;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("nola-storage-").FullName;

    private IGrainStorage Storage => silo.Services.GetRequiredKeyedService<IGrainStorage>("Default");

    private static GrainId Id { get; } = GrainId.Create("nola.test", "a/0/1");

    public virtual async ValueTask InitializeAsync() => silo = await EmbeddedSilo.Start(new SiloSettings
    {
        Storage = StorageOptions.Parse(await Address()),
        ArtifactFolder = Path.Combine(Folder, "artifacts"),
        LogFile = Path.Combine(Folder, "silo.log"),
    });

    public virtual async ValueTask DisposeAsync()
    {
        await silo.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Read_NeverWritten_GivesNewState()
    {
        var read = await Read<Note>("nothing");

        Assert.False(read.RecordExists);
        Assert.Null(read.ETag);
        Assert.Equal("", read.State!.Text);
    }

    [Fact]
    public async Task Write_ThenRead_GivesTheStateAndItsVersion()
    {
        var written = await Write("note", new Note { Text = "żółw 龜 \u0000 \"" });
        var read = await Read<Note>("note");

        Assert.True(read.RecordExists);
        Assert.Equal("żółw 龜 \u0000 \"", read.State!.Text);
        Assert.Equal(written.ETag, read.ETag);
    }

    [Fact]
    public async Task Write_ManyWritersOfOneVersion_ExactlyOneWins()
    {
        await Write("note", new Note { Text = "first" });

        var readers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Read<Note>("note")));
        var won = await Task.WhenAll(readers.Select(async (mine, number) =>
        {
            mine.State!.Text = $"by {number}";
            try
            {
                await Storage.WriteStateAsync("note", Id, mine);
                return number;
            }
            catch (InconsistentStateException)
            {
                return -1;
            }
        }));

        var winner = Assert.Single(won, number => number >= 0);
        Assert.Equal($"by {winner}", (await Read<Note>("note")).State!.Text);
    }

    [Fact]
    public async Task Write_StaleVersion_IsRefusedAndChangesNothing()
    {
        var stale = await Write("note", new Note { Text = "first" });
        var fresh = await Read<Note>("note");
        fresh.State!.Text = "second";
        await Storage.WriteStateAsync("note", Id, fresh);

        stale.State!.Text = "late";
        for (var attempt = 0; attempt < 20; attempt++)
            await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.WriteStateAsync("note", Id, stale));
        Assert.Equal("second", (await Read<Note>("note")).State!.Text);
        fresh.State!.Text = "third";
        await Storage.WriteStateAsync("note", Id, fresh);
        Assert.Equal("third", (await Read<Note>("note")).State!.Text);
    }

    [Fact]
    public async Task Write_TwoWhoSawNothing_OneIsRefused()
    {
        var one = new GrainState<Note>(new() { Text = "one" });
        var two = new GrainState<Note>(new() { Text = "two" });
        await Storage.WriteStateAsync("note", Id, one);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.WriteStateAsync("note", Id, two));
        Assert.Equal("one", (await Read<Note>("note")).State!.Text);
    }

    [Fact]
    public async Task Clear_ThenWrite_BeginsAnewAndStaleWritersAreRefused()
    {
        var stale = await Write("note", new Note { Text = "first" });
        var owner = await Read<Note>("note");
        await Storage.ClearStateAsync("note", Id, owner);

        Assert.False((await Read<Note>("note")).RecordExists);
        Assert.Equal("", (await Read<Note>("note")).State!.Text);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.WriteStateAsync("note", Id, stale));
        owner.State = new() { Text = "again" };
        await Storage.WriteStateAsync("note", Id, owner);
        Assert.Equal("again", (await Read<Note>("note")).State!.Text);
    }

    [Fact]
    public async Task Write_EightMegabytes_ComesBackWhole()
    {
        var text = string.Concat(Enumerable.Range(0, 1 << 20).Select(number => $"{number & 0xfffffff:x7} "));
        await Write("large", new Note { Text = text });

        Assert.Equal(text, (await Read<Note>("large")).State!.Text);
    }

    [Fact]
    public async Task Write_ManyStatesAtOnce_KeepsEach()
    {
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(number =>
            Storage.WriteStateAsync("note", GrainId.Create("nola.test", $"many/{number}"), new GrainState<Note>(new() { Text = $"{number}" }))));

        var read = await Task.WhenAll(Enumerable.Range(0, 2000).Select(async number =>
        {
            var state = new GrainState<Note>(new());
            await Storage.ReadStateAsync("note", GrainId.Create("nola.test", $"many/{number}"), state);
            return state.State!.Text;
        }));
        Assert.Equal(Enumerable.Range(0, 2000).Select(number => $"{number}"), read);
    }

    [Fact]
    public async Task Write_EngineState_ComesBackEqualAndNamesNoTypes()
    {
        var record = new ExperimentRecord
        {
            State = ExperimentState.Paused,
            SubmittedAt = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero),
            Elapsed = TimeSpan.FromSeconds(1.5),
            Spec = new()
            {
                Name = "all",
                Task = "sequence-classification",
                Models = [new PretrainedModel { Id = "bert", Path = "/models/bert" }, new NoModel { Id = "none" }],
                Methods = [new FullMethod { Id = "full" }, new LoraMethod { Id = "lora", Layers = [1, 2] }, new Ia3Method { Id = "ia3" }, new FunctionMethod { Id = "f", Function = "sphere" }],
                Objective = new("macro-f1", Direction.Maximize),
                TotalBudget = new() { DeviceTime = TimeSpan.FromHours(40), Cost = 120.5m },
            },
            Summaries = [new() { Index = 0, Best = 0.1 + 0.2, Counts = OutcomeCounts.None.Add(new Completed()) }],
        };
        await Write("experiment", record);

        var read = (await Read<ExperimentRecord>("experiment")).State!;
        Assert.Equal(Json(record), Json(read));
        Assert.IsType<LoraMethod>(read.Spec!.Methods[1]);
        Assert.Equal(0.1 + 0.2, read.Summaries[0].Best);
        if (await Raw("experiment", Id) is not { } raw)
            return; // Memory has nothing to look at.
        Assert.StartsWith("{", raw, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"Paused\"", raw, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"lora\"", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("$type", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("Nola.", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", raw, StringComparison.Ordinal);
    }

    /// <summary>The storage's address, with whatever it needs running.</summary>
    protected abstract Task<string> Address();

    /// <summary>The stored text as another program would see it; null where there is no other program.</summary>
    protected abstract Task<string?> Raw(string stateName, GrainId id);

    private static string Json<T>(T value) => Encoding.UTF8.GetString(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(value, Grains.Storage.StateSerializer.Options));

    private async Task<GrainState<T>> Write<T>(string name, T value)
        where T : class, new()
    {
        var state = new GrainState<T>(value);
        await Storage.WriteStateAsync(name, Id, state);
        return state;
    }

    private async Task<GrainState<T>> Read<T>(string name)
        where T : class, new()
    {
        var state = new GrainState<T>(new());
        await Storage.ReadStateAsync(name, Id, state);
        state.State ??= new();
        return state;
    }
}

/// <summary>A state for tests.</summary>
[GenerateSerializer]
[Alias("nola.test.Note")]
public sealed class Note
{
    [Id(0)]
    public string Text { get; set; } = "";
}
