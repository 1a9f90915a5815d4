using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nola.Reasoning.Sandbox;

/// <summary>
/// The process that starts sandboxes and cleans up after them: <c>keeper.py</c>, run by the system's Python. When this process ends, however it
/// ends, the keeper kills what runs and removes what it made.
/// </summary>
internal sealed class Keeper : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<KeeperAnswer>> waiting = new();
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly Task reading;
    private long lastId;

    private Keeper(Process process)
    {
        this.process = process;
        reading = Task.Run(Read);
    }

    /// <summary>Whether it has ended and a new one is needed.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Folders in which it makes cgroups; empty where it cannot.</summary>
    public ImmutableArray<string> Cgroups { get; private set; } = [];

    /// <summary>Its process, for tests.</summary>
    public int ProcessId => process.Id;

    /// <summary>Text of a file that is part of this assembly.</summary>
    public static string Resource(string name)
    {
        using var stream = typeof(Keeper).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Starts it; without bubblewrap its programs run bare.</summary>
    /// <exception cref="SandboxException">It cannot be started.</exception>
    public static async Task<Keeper> Start(string python, string? bubblewrap, int firstUser, CancellationToken stop)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-I", "-S", "-c", Resource("keeper.py") })
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        Keeper keeper;
        try
        {
            keeper = new(Process.Start(start)!);
        }
        catch (Win32Exception fault)
        {
            throw new SandboxException($"{python} cannot be started: {fault.Message}");
        }

        try
        {
            var setup = await keeper.Ask(0, new JsonObject { ["do"] = "setup", ["bwrap"] = bubblewrap, ["firstUser"] = firstUser }, stop).WaitAsync(Patience, stop);
            keeper.Cgroups = [.. setup.Cgroups ?? []];
            return keeper;
        }
        catch (Exception fault)
        {
            await keeper.DisposeAsync();
            if (fault is TimeoutException)
                throw new SandboxException("its keeper does not answer");
            throw;
        }
    }

    /// <summary>Adds a kind of sandbox.</summary>
    public Task AddKind(string name, SandboxKind kind) =>
        Write(new JsonObject { ["do"] = "kind", ["name"] = name, ["kind"] = JsonSerializer.SerializeToNode(kind, KeeperJson.Options) });

    /// <summary>Runs one program in a sandbox of a kind.</summary>
    /// <exception cref="SandboxException">The keeper ended.</exception>
    public async Task<KeeperAnswer> Run(string kind, byte[] input, TimeSpan time, int output, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref lastId);
        var answer = Ask(id, new JsonObject { ["do"] = "run", ["id"] = id, ["kind"] = kind, ["input"] = Convert.ToBase64String(input), ["seconds"] = time.TotalSeconds, ["output"] = output }, stop);
        await using var registration = stop.Register(() => _ = Write(new JsonObject { ["do"] = "stop", ["id"] = id }));
        var result = await answer;
        stop.ThrowIfCancellationRequested();
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }

        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
        }

        await reading;
        process.Dispose();
        writing.Dispose();
    }

    private async Task<KeeperAnswer> Ask(long id, JsonObject command, CancellationToken stop)
    {
        var answer = new TaskCompletionSource<KeeperAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[id] = answer;
        if (IsGone)
            Fail();
        await Write(command);
        return await answer.Task;
    }

    private async Task Write(JsonObject command)
    {
        await writing.WaitAsync();
        try
        {
            await process.StandardInput.WriteLineAsync(command.ToJsonString());
            await process.StandardInput.FlushAsync();
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone; the reader tells all who wait.
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task Read()
    {
        var errors = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var answer = JsonSerializer.Deserialize<KeeperAnswer>(line, KeeperJson.Options)!;
            if (waiting.TryRemove(answer.Id, out var waiter))
                waiter.TrySetResult(answer);
        }

        LastError = (await errors).Trim();
        IsGone = true;
        Fail();
    }

    private string LastError { get; set; } = "";

    private void Fail()
    {
        foreach (var id in waiting.Keys)
            if (waiting.TryRemove(id, out var waiter))
                waiter.TrySetException(new SandboxException($"its keeper ended{(LastError.Length > 0 ? ": " + LastError[(LastError.LastIndexOf('\n') + 1)..] : "")}"));
    }
}

/// <summary>The sandbox itself failed, and no program.</summary>
internal sealed class SandboxException(string message) : Exception(message);

/// <summary>How sandboxes of one kind are started and bounded.</summary>
internal sealed record SandboxKind
{
    public required ImmutableArray<string> Command { get; init; }

    public required long Memory { get; init; }

    public required int Processes { get; init; }

    public required long Temporary { get; init; }

    /// <summary>Sandboxes kept started for the next program; each is used once.</summary>
    public int Spares { get; init; }

    /// <summary>Whether it answers many requests; only for what runs no program of others.</summary>
    public bool Lasts { get; init; }

    /// <summary>Requests after which a lasting sandbox is replaced.</summary>
    public int Uses { get; init; } = 1;

    /// <summary>Processor time of each process, in seconds; a second line behind the wall clock.</summary>
    public int CpuSeconds { get; init; } = 600;

    /// <summary>Whether memory is bounded by address space where there are no cgroups.</summary>
    public bool LimitAddressSpace { get; init; }

    public ImmutableArray<string> Readable { get; init; } = [];

    /// <summary>Files by path, base64.</summary>
    public ImmutableDictionary<string, string> Files { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>What the keeper says about a run.</summary>
internal sealed record KeeperAnswer
{
    public long Id { get; init; }

    public bool Ready { get; init; }

    public int? Status { get; init; }

    public string? Killed { get; init; }

    public bool Memory { get; init; }

    public byte[] Output { get; init; } = [];

    public byte[] Error { get; init; } = [];

    public double Seconds { get; init; }

    public string[]? Cgroups { get; init; }
}

internal static class KeeperJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);
}
