using System.Collections.Immutable;
using Nola.Core.Budgets;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Silo.Commands;
using Nola.Silo.Workers;

namespace Nola.Silo.Tests.Commands;

/// <summary>Runs programs as trials, each with a folder of its own.</summary>
internal sealed class CommandHarness : IAsyncDisposable
{
    private readonly ProgramGuard guard = new();
    private readonly WorkerPool workers = new(new());

    public string Folder { get; } = Directory.CreateTempSubdirectory("nola-commands-").FullName;

    /// <summary>Folder of the trial.</summary>
    public string Artifacts => Path.Combine(Folder, "artifacts");

    public ListeningReporter Reporter { get; } = new();

    /// <summary>What the slot's worker may use.</summary>
    public WorkerSettings Settings { get; init; } = new();

    /// <summary>A method that runs a script of the shell.</summary>
    public CommandMethod Shell(string script) => new() { Id = "command", Run = ["sh", "-c", script], WorkingDirectory = Folder, Limits = new() { Grace = TimeSpan.FromSeconds(30) } };

    public Task<RunResult> Run(string script) => Run(Shell(script));

    public Task<RunResult> Run(CommandMethod method, Action<Circumstances>? change = null, CancellationToken stop = default)
    {
        var given = new Circumstances();
        change?.Invoke(given);
        var trial = new TrialSpec
        {
            Id = new("x", 0, 3),
            Task = "command",
            Model = new NoModel { Id = "none" },
            Method = method,
            Seed = 7,
            Budget = given.Budget,
            Parameters = given.Parameters.ToImmutableSortedDictionary(),
            Objective = new("score", Direction.Maximize),
        };
        var lease = new Lease { Trial = trial.Id, Epoch = 1, Silo = "here", Device = given.Device.Id, Slot = 0 };
        return new CommandRunner(workers, Settings, guard, TimeProvider.System).Run(new(trial, lease, given.Device, Artifacts, given.Allowance), Reporter, stop);
    }

    public async ValueTask DisposeAsync()
    {
        guard.Dispose();
        await workers.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>What a test may say about an attempt.</summary>
    internal sealed class Circumstances
    {
        public TrialBudget Budget { get; set; } = TrialBudget.None;

        public Allowance Allowance { get; set; } = Allowance.Unbounded;

        public Dictionary<string, ParameterValue> Parameters { get; } = [];

        public Device Device { get; set; } = new() { Id = "cpu", Kind = DeviceKind.Cpu, Threads = 3 };
    }
}
