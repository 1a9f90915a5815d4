using System.Text.Json;

namespace Nola.Grains.Execution;

/// <summary>How far a function trial came before it was stopped: its checkpoint.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Spent">Time of all attempts so far.</param>
internal sealed record FunctionPosition(int Step, TimeSpan Spent)
{
    private const string Name = "position.json";

    /// <summary>Where the last attempt was stopped; the beginning when none was.</summary>
    public static FunctionPosition Read(string folder)
    {
        var file = Path.Combine(folder, Name);
        return File.Exists(file) ? JsonSerializer.Deserialize<FunctionPosition>(File.ReadAllText(file))! : new(0, TimeSpan.Zero);
    }

    /// <summary>Keeps it for the next attempt.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Name);
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(this));
        File.Move(file + ".new", file, overwrite: true);
    }
}
