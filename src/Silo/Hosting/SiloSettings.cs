using System.Net;
using Microsoft.Extensions.Logging;
using Nola.Core.Devices;
using Nola.Grains.Placement;
using Nola.Silo.Storage;
using Nola.Silo.Workers;

namespace Nola.Silo.Hosting;

/// <summary>What a silo is and has.</summary>
public sealed record SiloSettings
{
    /// <summary>Cluster id where none is given.</summary>
    public const string DefaultCluster = "nola";

    /// <summary>Storage address where none is given.</summary>
    public const string DefaultStore = "sqlite:.nola/nola.db";

    /// <summary>Folder for artifacts where none is given.</summary>
    public const string DefaultArtifactFolder = ".nola/artifacts";

    /// <summary>Where grain state is kept.</summary>
    public required StorageOptions Storage { get; init; }

    /// <summary>Folder for checkpoints, adapters and predictions; shared by all silos of a cluster.</summary>
    public required string ArtifactFolder { get; init; }

    /// <summary>Devices on which trials train, besides the light slots that every silo but a control silo has.</summary>
    public ImmutableArray<Device> Devices { get; init; } = [];

    /// <summary>What the silo is for. Default: everything.</summary>
    public SiloRole Role { get; init; } = SiloRole.All;

    /// <summary>The silo's name for people; null for one made of the machine's name and the process id. Default: null.</summary>
    public string? Name { get; init; }

    /// <summary>Silos and clients of one id belong together; two clusters may share a Redis server under different ids. Default: <c>nola</c>.</summary>
    public string Cluster { get; init; } = DefaultCluster;

    /// <summary>The address under which other silos and clients reach this one. Default: loopback, so only from this machine.</summary>
    public IPAddress Advertise { get; init; } = IPAddress.Loopback;

    /// <summary>Port for other silos; 0 takes a free one. Default: 0.</summary>
    public int SiloPort { get; init; }

    /// <summary>Port for clients; 0 takes a free one. Default: 0.</summary>
    public int GatewayPort { get; init; }

    /// <summary>Port of <c>/metrics</c>, <c>/healthz</c> and <c>/readyz</c>; 0 takes a free one, null opens none. Default: null.</summary>
    public int? HttpPort { get; init; }

    /// <summary>File for the silo's log; null for none. Default: null.</summary>
    public string? LogFile { get; init; }

    /// <summary>Whether the log goes to standard error too. Default: no.</summary>
    public bool LogsToConsole { get; init; }

    /// <summary>What is logged at least. Default: warnings.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Whether traces of calls of language models hold prompts and answers. Default: no.</summary>
    public bool TracesContent { get; init; }

    /// <summary>Whether programs of datasets and models are run, and in what. Default: in the sandbox.</summary>
    public SandboxUse Sandbox { get; init; } = SandboxUse.On;

    /// <summary>How workers are run and bounded.</summary>
    public WorkerSettings Workers { get; init; } = new();
}
