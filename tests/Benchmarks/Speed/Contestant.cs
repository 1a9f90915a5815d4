using System.Diagnostics;
using System.Text.Json;
using Nola.Benchmarks.Engine;
using Nola.Silo.Workers;

namespace Nola.Benchmarks.Speed;

/// <summary>One side of the benchmark <c>training</c>: a process that trains when it is told to and sleeps otherwise.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly Process process;

    private Contestant(ProcessStartInfo start, int threads)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["GOMP_SPINCOUNT"] = "1000"; // as for Nola's workers: on a machine with other work, spinning slows everybody down
        start.Environment["HF_HUB_OFFLINE"] = "1";
        process = Process.Start(start)!;
    }

    /// <summary>Training with Nola.</summary>
    public static Contestant Ours(string folder, SpeedJob job)
    {
        var start = Itself.With("trainee", folder, job.ToString());
        PreferredAllocator.Choose(start.Environment);
        return new(start, job.Threads);
    }

    /// <summary>Training with Hugging Face transformers.</summary>
    /// <param name="python">What runs it.</param>
    /// <param name="job">What to do.</param>
    public static Contestant Peer(PeerPython python, SpeedJob job) => new(python.With("Speed/peer.py", job.ToString()), job.Threads);

    /// <summary>Mean milliseconds of some steps, on the clock and of CPU time.</summary>
    public Turn Train(int steps) => Take(string.Create(CultureInfo.InvariantCulture, $"train {steps}"));

    /// <summary>Milliseconds of one evaluation.</summary>
    public Turn Evaluate() => Take("evaluate");

    /// <summary>Peak resident memory so far, in MB.</summary>
    public double Peak()
    {
        using var said = Ask("peak");
        return said.RootElement.GetProperty("megabytes").GetDouble();
    }

    /// <summary>Ends the process and tells what it ran on.</summary>
    public string End()
    {
        using var said = Ask("end");
        process.WaitForExit();
        return said.RootElement.GetProperty("versions").GetString()!;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private Turn Take(string command)
    {
        using var said = Ask(command);
        return new(Mean("wall"), Mean("cpu"));

        double Mean(string name) => said.RootElement.GetProperty(name).EnumerateArray().Average(value => value.GetDouble());
    }

    private JsonDocument Ask(string command)
    {
        process.StandardInput.WriteLine(command);
        process.StandardInput.Flush();
        return JsonDocument.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{process.StartInfo.FileName} ended in the middle of the benchmark."));
    }
}

/// <summary>What a step or an evaluation took.</summary>
/// <param name="Wall">Milliseconds on the clock.</param>
/// <param name="Cpu">Milliseconds of CPU time of all threads.</param>
internal sealed record Turn(double Wall, double Cpu);
