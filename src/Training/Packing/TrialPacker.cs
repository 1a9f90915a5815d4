using System.Diagnostics;
using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>
/// Brings the trials of a process together, each of which trains on a thread of its own: a pass begins when every trial that trains has come for one, and
/// takes all of them through the base at once.
/// </summary>
/// <remarks>
/// Trials come and go between passes. One that evaluates or saves is waited for; one that waits for an answer for long, or has made its last pass, is not.
/// Trials that have no base in common, or a method that cannot be packed, take turns.
/// </remarks>
public sealed class TrialPacker : IDisposable
{
    // Answers come sooner than this as a rule; so trials that are in step stay in step.
    private const long PatienceMilliseconds = 50;

    private readonly Lock turn = new(); // to compute
    private readonly object gate = new();
    private readonly List<Request> waiting = [];
    private readonly List<long> asking = []; // until when those that wait for an answer are waited for
    private int members;
    private int loading;
    private int beginning; // loaded, and waiting for those that load
    private long beginnings;
    private int training;
    private bool isOver;

    /// <summary>Begins to wait for trials.</summary>
    public TrialPacker() => new Thread(Serve) { IsBackground = true, Name = "packing" }.Start();

    /// <summary>Passes in which more than one trial took part.</summary>
    public long PackedPasses { get; private set; }

    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>A new trial of the process.</summary>
    internal PackMember Join(TimeProvider time)
    {
        lock (gate)
        {
            members++;
            loading++;
        }

        return new(this, time);
    }

    /// <summary>A trial is ready for its first pass, or never will be.</summary>
    internal void Loaded()
    {
        lock (gate)
        {
            if (--loading > 0)
                return;
            training += beginning;
            beginning = 0;
            beginnings++;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>A loaded trial begins to train when no other one loads: those that came together begin together, and then batches of one seed have one length.</summary>
    internal void Begin()
    {
        lock (gate)
        {
            if (loading == 0)
            {
                training++;
                return;
            }

            beginning++;
            for (var begun = beginnings; begun == beginnings && !isOver;)
                Monitor.Wait(gate);
        }
    }

    /// <summary>A trial leaves. Whether it was the last one.</summary>
    internal bool Leave()
    {
        lock (gate)
            return --members == 0;
    }

    /// <summary>A trial has made its last pass.</summary>
    internal void End()
    {
        lock (gate)
        {
            training--;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Waits for an answer; the others wait a moment, and then go on without this trial.</summary>
    internal T Ask<T>(Func<T> ask)
    {
        var until = Environment.TickCount64 + PatienceMilliseconds;
        lock (gate)
        {
            training--;
            asking.Add(until);
            Monitor.PulseAll(gate);
        }

        try
        {
            return ask();
        }
        finally
        {
            lock (gate)
            {
                training++;
                asking.Remove(until);
            }
        }
    }

    /// <summary>Waits until the pass in which the trial takes part is done. Returns its loss and its share of the time.</summary>
    internal (Tensor Loss, TimeSpan Time) Pass(PackedTrial trial)
    {
        var request = new Request(trial);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isOver, this);
            waiting.Add(request);
            Monitor.PulseAll(gate);
        }

        return request.Done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Computes while nobody else does, after <paramref name="begun"/>.</summary>
    internal T Alone<T>(Action begun, Func<T> compute)
    {
        lock (turn)
        {
            begun();
            return compute();
        }
    }

    private void Serve()
    {
        while (true)
        {
            Request[] due;
            lock (gate)
            {
                while (!isOver && (waiting.Count == 0 || waiting.Count < training))
                    Monitor.Wait(gate);
                if (asking.Count > 0 && asking.Max() - Environment.TickCount64 is > 0 and var left && !isOver)
                {
                    Monitor.Wait(gate, (int)left);
                    continue;
                }

                due = [.. waiting];
                waiting.Clear();
                if (isOver)
                {
                    foreach (var request in due)
                        request.Done.SetException(new ObjectDisposedException(nameof(TrialPacker)));
                    return;
                }
            }

            foreach (var group in due.GroupBy(request => request.Trial.Key is { } key ? (object)key : request).Select(group => group.ToArray()))
                lock (turn)
                    Carry(group);
        }
    }

    private void Carry(Request[] group)
    {
        var began = Stopwatch.GetTimestamp();
        (Tensor? Loss, Exception? Fault)[] results;
        try
        {
            results = PackedPass.Run([.. group.Select(request => request.Trial)]);
            foreach (var (loss, _) in results)
                loss?.item<float>(); // the time of a pass ends when the device has done it
            if (group.Length > 1)
                PackedPasses++;
        }
        catch (Exception) when (group.Length > 1)
        {
            // Too much memory, perhaps. Whose fault it is shows when each goes alone.
            foreach (var request in group)
                Carry([request]);
            return;
        }
        catch (Exception fault)
        {
            group[0].Done.SetException(fault);
            return;
        }

        var time = Stopwatch.GetElapsedTime(began);
        var all = group.Sum(request => request.Trial.Tokens);
        foreach (var (request, (loss, fault)) in group.Zip(results))
            if (fault is null)
                request.Done.SetResult((loss!, time * ((double)request.Trial.Tokens / all)));
            else
                request.Done.SetException(fault);
    }

    private sealed record Request(PackedTrial Trial)
    {
        public TaskCompletionSource<(Tensor Loss, TimeSpan Time)> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
