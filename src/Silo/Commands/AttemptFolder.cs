using System.Globalization;
using System.Text.Json;
using Nola.Core.Trials;

namespace Nola.Silo.Commands;

/// <summary>
/// What a trial's folder keeps between its attempts besides the program's own files: <c>attempts.json</c>, and a log of each attempt's output.
/// </summary>
internal sealed class AttemptFolder : IDisposable
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string file;
    private readonly long most;
    private readonly StreamWriter log;
    private readonly Lock gate = new();
    private long logged;

    /// <summary>Begins an attempt in a folder, which is made where it is missing.</summary>
    /// <param name="path">The trial's folder.</param>
    /// <param name="most">Bytes of the log that are kept.</param>
    public AttemptFolder(string path, long most)
    {
        (Path, this.most) = (path, most);
        Directory.CreateDirectory(path);
        file = System.IO.Path.Combine(path, "attempts.json");
        State = Read(file);
        Change(state => state with { Attempts = state.Attempts + 1 });
        LogFile = System.IO.Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"attempt-{State.Attempts}.log"));
        log = new(LogFile) { AutoFlush = true };
    }

    public string Path { get; }

    public string LogFile { get; }

    /// <summary>As it is stored.</summary>
    public AttemptState State { get; private set; }

    /// <summary>Stores a new state, whole or not at all.</summary>
    public void Change(Func<AttemptState, AttemptState> change)
    {
        lock (gate)
        {
            State = change(State);
            File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(State, Layout));
            File.Move(file + ".new", file, overwrite: true);
        }
    }

    /// <summary>Adds a line to the log, as long as there is room.</summary>
    public void Log(string line)
    {
        lock (gate)
        {
            if (logged > most)
                return;
            logged += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
            log.Write(logged > most ? string.Create(CultureInfo.InvariantCulture, $"[the log ends here: it has reached limits.output, {most} bytes]\n") : line + "\n");
        }
    }

    public void Dispose() => log.Dispose();

    // After a power failure the file may be empty; the program's own checkpoints are worth another attempt all the same.
    private static AttemptState Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<AttemptState>(File.ReadAllBytes(file), Layout) ?? new() : new();
        }
        catch (JsonException)
        {
            return new();
        }
    }
}

/// <summary>What a trial's attempts have done so far.</summary>
internal sealed record AttemptState
{
    /// <summary>Attempts begun, this one included.</summary>
    public int Attempts { get; init; }

    /// <summary>Time that all attempts have run.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>The measurement that was best by the objective.</summary>
    public Measurement? Best { get; init; }

    /// <summary>A measurement that the program told and its trial has perhaps not heard; a program that goes on from its checkpoint does not tell it again.</summary>
    public Measurement? Untold { get; init; }

    /// <summary>The newest value of each metric.</summary>
    public ImmutableSortedDictionary<string, double> Latest { get; init; } = ImmutableSortedDictionary<string, double>.Empty;
}
