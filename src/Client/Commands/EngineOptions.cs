using System.CommandLine;
using Nola.Client.Hosting;

namespace Nola.Client.Commands;

/// <summary>The options by which a command finds its engine, the same for all commands.</summary>
internal sealed class EngineOptions
{
    private readonly Option<string> store = new("--store")
    {
        Description = "Folder with the store and the artifacts of experiments on this machine. Default: $NOLA_HOME, else .nola here.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("NOLA_HOME") is { Length: > 0 } named ? named : ".nola",
    };

    private readonly Option<string?> cluster = new("--cluster")
    {
        Description = "The cluster to talk to, as redis://HOST:PORT or HOST:PORT of a silo's gateway, instead of an engine in this process.",
    };

    private readonly Option<int> slots = new("--slots")
    {
        Description = "Trials that train on the CPU at once; they share its cores. Default: 1.",
        DefaultValueFactory = _ => 1,
    };

    private readonly bool runsTrials;

    private EngineOptions(bool runsTrials) => this.runsTrials = runsTrials;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="runsTrials">Whether an engine in this process offers devices; without them it only looks and takes notes.</param>
    public static EngineOptions AddTo(Command command, bool runsTrials)
    {
        var options = new EngineOptions(runsTrials);
        command.Add(options.store);
        command.Add(options.cluster);
        if (runsTrials)
            command.Add(options.slots);
        return options;
    }

    /// <summary>Opens the engine that the command line names.</summary>
    public Task<Engine> Open(ParseResult line, CancellationToken cancellation)
    {
        if (line.GetValue(cluster) is { } address)
            return Engine.Connect(address, cancellation);
        var count = runsTrials ? line.GetValue(slots) : 0;
        if (runsTrials && (count < 1 || count > Environment.ProcessorCount))
            throw new UserException($"--slots is {count}; this machine has {Environment.ProcessorCount} cores, so give 1 to {Environment.ProcessorCount}.", ExitCodes.Usage);
        return Engine.Open(Path.GetFullPath(line.GetValue(store)!), count, cancellation);
    }
}
