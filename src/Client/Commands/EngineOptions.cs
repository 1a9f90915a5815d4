using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Views;

namespace Nola.Client.Commands;

/// <summary>The options by which a command finds its engine, the same for all commands.</summary>
internal sealed class EngineOptions
{
    private readonly Option<string?> store = new("--store")
    {
        Description = "Folder with the store and the artifacts of experiments on this machine. Default: $NOLA_HOME, else .nola here.",
        HelpName = "folder",
    };

    private readonly Option<string?> cluster = new("--cluster")
    {
        Description = "The cluster to talk to, as redis://HOST:PORT or HOST:PORT of a silo's gateway, instead of an engine in this process.",
        HelpName = "address",
    };

    private readonly Option<int?> slots = new("--slots")
    {
        Description = "Trials that train on the CPU at once; they share its cores. Default: 1.",
        HelpName = "number",
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

    /// <summary>Opens the engine that the command line names; a store that does not exist yet is made.</summary>
    public async Task<Engine> Open(ParseResult line, CancellationToken cancellation)
    {
        var options = string.Concat(new[] { store, cluster }.Where(option => line.GetValue(option) is not null).Select(option => $" {option.Name} {line.GetValue(option)}"));
        if (line.GetValue(cluster) is { } address)
            return await Engine.Connect(address, options, cancellation);
        var count = runsTrials ? line.GetValue(slots) ?? 1 : 0;
        if (runsTrials && (count < 1 || count > Environment.ProcessorCount))
            throw new UserException($"--slots is {count}; this machine has {Environment.ProcessorCount} cores, so give 1 to {Environment.ProcessorCount}.", ExitCodes.Usage);
        return await Engine.Open(Folder(line), count, options, Terminal.Of(line).Note, cancellation);
    }

    /// <summary>Opens the engine that the command line names; null when it is a store that does not exist. Nothing is made for one who only looks.</summary>
    public async Task<Engine?> OpenExisting(ParseResult line, CancellationToken cancellation) =>
        line.GetValue(cluster) is null && !Engine.HasStore(Folder(line)) ? null : await Open(line, cancellation);

    /// <summary>Opens the engine of an experiment that was submitted earlier. Throws when its store does not exist.</summary>
    public async Task<Engine> OpenFor(string experiment, ParseResult line, CancellationToken cancellation) => await OpenExisting(line, cancellation)
        ?? throw new UserException($"There is no experiment '{experiment}': {Folder(line)} holds no store. Another store is named with --store, a cluster with --cluster.", ExitCodes.Usage);

    private string Folder(ParseResult line)
    {
        var folder = Path.GetFullPath(line.GetValue(store) ?? (Environment.GetEnvironmentVariable("NOLA_HOME") is { Length: > 0 } named ? named : ".nola"));
        return File.Exists(folder) ? throw new UserException($"--store is '{folder}', which is a file; name a folder.", ExitCodes.Engine) : folder;
    }
}
