using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Nola.Core.Trials;
using Nola.Core.Workers;
using StreamJsonRpc;

namespace Nola.Silo.Workers;

/// <summary>One worker process and the conversation with it.</summary>
internal sealed class WorkerProcess : IWorkerEvents, IAsyncDisposable
{
    private const int KeptErrorLines = 20;

    // Reading a library of half a gigabyte from a cold disk takes its time.
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    // The one that runs this process, where it can be found; a user's PATH may name another one or none.
    internal static readonly string Dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet") is var own && File.Exists(own) ? Path.GetFullPath(own) : "dotnet";

    private readonly Process process;
    private readonly JsonRpc conversation;
    private readonly IWorker worker;
    private readonly Queue<string> errors = new();
    private readonly ConcurrentDictionary<TrialId, ITrialReporter> reporters = new();
    private TimeProvider time = TimeProvider.System;
    private long lastHeard;
    private volatile bool isLost; // the system tells a little later that a killed process has ended

    private WorkerProcess(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        conversation = new(new HeaderDelimitedMessageHandler(process.StandardInput.BaseStream, process.StandardOutput.BaseStream, new SystemTextJsonFormatter()));
        conversation.AddLocalRpcTarget<IWorkerEvents>(this, null);
        worker = conversation.Attach<IWorker>();
        conversation.StartListening();
    }

    /// <summary>Whether it can take another trial.</summary>
    public bool IsAlive => !isLost && !process.HasExited && !conversation.IsDisposed;

    /// <summary>Process id.</summary>
    public int Id => process.Id;

    /// <summary>Versions of what it runs; known once it has passed its self-test.</summary>
    public RunEnvironment Environment { get; private set; } = new();

    /// <summary>Starts a process and waits for its self-test. Throws <see cref="WorkerException"/> with the worker's own words.</summary>
    public static async Task<WorkerProcess> Start(string program, WorkerSetup setup, string? visibleDevice, CancellationToken cancellation)
    {
        if (!File.Exists(program))
            throw new WorkerException($"There is no worker program {program}; build src/Worker, or let NOLA_WORKER name Nola.Worker.dll.");
        var start = new ProcessStartInfo(Dotnet, [program]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = setup.Threads.ToString(CultureInfo.InvariantCulture);
        // Threads that wait for each other should sleep soon: on a machine with other work, spinning keeps the very thread off the core that is waited
        // for, and a step takes a second instead of milliseconds. A thousand turns bridge the gap between two operations on a quiet machine.
        if (!start.Environment.ContainsKey("OMP_WAIT_POLICY"))
            start.Environment.TryAdd("GOMP_SPINCOUNT", "1000");
        start.Environment["CUDA_VISIBLE_DEVICES"] = visibleDevice ?? "";
        PreferredAllocator.Choose(start.Environment);
        var started = Begin(start);
        using var limit = new CancellationTokenSource(StartLimit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            started.Environment = (await started.worker.Hello(setup, either.Token).WaitAsync(either.Token)).Environment;
            return started;
        }
        catch (Exception fault)
        {
            var reason = fault switch
            {
                RemoteInvocationException => fault.Message,
                OperationCanceledException => string.Create(CultureInfo.InvariantCulture, $"its self-test took more than {StartLimit.TotalSeconds:0} s."),
                _ => await started.LastWords(),
            };
            await started.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            throw new WorkerException($"The worker cannot train: {reason}");
        }
    }

    /// <summary>Runs one attempt. Throws <see cref="AttemptLostException"/> when the process ends, or is silent for too long.</summary>
    public async Task<RunResult> Run(WorkerJob job, ITrialReporter to, WorkerSettings settings, CancellationToken stop)
    {
        reporters[job.Trial.Id] = to;
        time = settings.Time;
        Volatile.Write(ref lastHeard, time.GetTimestamp());
        using var enough = new CancellationTokenSource();
        var watch = Watch(settings, enough.Token);
        try
        {
            return await worker.Run(job, stop);
        }
        catch (Exception fault) when (fault is ConnectionLostException or ObjectDisposedException)
        {
            isLost = true;
            stop.ThrowIfCancellationRequested();
            if (watch.IsCompletedSuccessfully && await watch is { } limit)
                return limit.Result ?? throw new AttemptLostException(limit.Reason);
            throw new AttemptLostException($"the worker process ended in mid-trial: {await LastWords()}", fault);
        }
        catch (RemoteInvocationException fault)
        {
            throw new AttemptLostException($"the worker could not go on: {fault.Message}", fault);
        }
        finally
        {
            await enough.CancelAsync();
            reporters.TryRemove(job.Trial.Id, out _);
        }
    }

    /// <summary>Asks for something else than an attempt.</summary>
    public Task<T> Ask<T>(Func<IWorker, Task<T>> ask) => ask(worker);

    async Task<Directive> IWorkerEvents.Progress(TrialId trial, TrialProgress progress)
    {
        Volatile.Write(ref lastHeard, time.GetTimestamp());
        return reporters.TryGetValue(trial, out var to) ? await to.Progress(progress) : Directive.Continue;
    }

    async Task<Directive> IWorkerEvents.Measured(TrialId trial, Measurement measurement)
    {
        Volatile.Write(ref lastHeard, time.GetTimestamp());
        return reporters.TryGetValue(trial, out var to) ? await to.Report(measurement) : Directive.Continue;
    }

    public async ValueTask DisposeAsync()
    {
        conversation.Dispose();
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    // Kills the process when it oversteps a limit, and says which; null when it was told to stop watching.
    private async Task<(RunResult? Result, string Reason)?> Watch(WorkerSettings settings, CancellationToken enough)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(enough) && !process.HasExited)
            {
                if (settings.MemoryLimit > 0 && ResidentMemory() is var used && used > settings.MemoryLimit)
                {
                    var reason = string.Create(CultureInfo.InvariantCulture, $"it used {used / 1073741824.0:0.0} GiB of memory, and the slot's limit is {settings.MemoryLimit / 1073741824.0:0.0} GiB; use a smaller batch or model");
                    var others = reporters.Count - 1;
                    process.Kill();
                    // Of several trials, none is to blame before it has been tried again.
                    return others > 0
                        ? (null, string.Create(CultureInfo.InvariantCulture, $"the worker was killed with {others + 1} trials in it: {reason}, or a smaller needs.pack"))
                        : (new RunResult { Outcome = new Failed(reason), PeakMemory = used }, reason);
                }

                if (time.GetElapsedTime(Volatile.Read(ref lastHeard)) > settings.SilenceLimit)
                {
                    process.Kill();
                    return (null, string.Create(CultureInfo.InvariantCulture, $"the worker said nothing for {settings.SilenceLimit.TotalSeconds:0} s and was killed"));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The attempt is over.
        }

        return null;
    }

    private long ResidentMemory()
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    private static WorkerProcess Begin(ProcessStartInfo start)
    {
        try
        {
            return new(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new WorkerException($"The worker cannot be started with {start.FileName}: {fault.Message}; install .NET 10, or put it on the PATH.");
        }
    }

    private async Task<string> LastWords()
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (errors)
            return $"{(process.HasExited ? $"exit code {process.ExitCode}" : "still running")}{(errors.Count == 0 ? "" : ", it said: " + string.Join(" | ", errors))}";
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (errors)
        {
            errors.Enqueue(line);
            if (errors.Count > KeptErrorLines)
                errors.Dequeue();
        }
    }
}

/// <summary>A worker cannot be had; the message says why and what helps.</summary>
public sealed class WorkerException(string message) : Exception(message);
