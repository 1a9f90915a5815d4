using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Nola.Core.Devices;
using Nola.Core.Quantities;
using Nola.Grains.Placement;
using Nola.Silo.Devices;
using Nola.Silo.Storage;
using Nola.Silo.Workers;

namespace Nola.Silo.Hosting;

/// <summary>
/// Reads a silo's settings from environment variables and from options of a command line, which win: the variable NOLA_SILO_PORT is the option
/// <c>--silo-port</c>.
/// </summary>
public sealed class SiloSettingsReader
{
    private static readonly string[] Names =
        ["STORE", "ARTIFACTS", "SILO_PORT", "GATEWAY_PORT", "HTTP_PORT", "ADVERTISE", "DEVICES", "WORKER_MEMORY", "WORKER_SILENCE", "ROLE", "CLUSTER", "NAME", "LOG", "TRACE_CONTENT", "SANDBOX"];

    private readonly Dictionary<string, string> options = new(StringComparer.Ordinal);
    private readonly Func<string, string?> environment;
    private readonly List<string> problems = [];

    private SiloSettingsReader(Func<string, string?> environment) => this.environment = environment;

    /// <summary>Every variable that is read, in the order of the operations page.</summary>
    public static IEnumerable<string> Variables => Names.Select(name => "NOLA_" + name);

    /// <summary>Reads and checks everything.</summary>
    /// <param name="arguments">Options such as <c>--store redis://127.0.0.1:6379</c>.</param>
    /// <param name="environment">Looks up a variable; null when it is not set.</param>
    /// <exception cref="SiloSettingsException">One sentence per wrong value: its name, its value and what would be right.</exception>
    public static SiloSettings Read(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        var reader = new SiloSettingsReader(environment);
        reader.Take(arguments);
        var settings = reader.Build();
        return reader.problems.Count == 0 ? settings! : throw new SiloSettingsException([.. reader.problems]);
    }

    private void Take(IReadOnlyList<string> arguments)
    {
        for (var index = 0; index < arguments.Count; index++)
        {
            var (option, value) = arguments[index].Split('=', 2) is [var left, var right] ? (left, right) : (arguments[index], null);
            var name = option.StartsWith("--", StringComparison.Ordinal) ? option[2..].Replace('-', '_').ToUpperInvariant() : "";
            if (!Names.Contains(name))
            {
                problems.Add($"There is no option '{option}'; there are {string.Join(", ", Names.Select(Option))}.");
                if (value is null && index + 1 < arguments.Count && !arguments[index + 1].StartsWith('-'))
                    index++;
            }
            else if (value is null && index + 1 == arguments.Count)
            {
                problems.Add($"The option '{option}' has no value; write {option} VALUE.");
            }
            else
            {
                options[name] = value ?? arguments[++index];
            }
        }
    }

    private SiloSettings? Build()
    {
        var store = Get("STORE", SiloSettings.DefaultStore, StorageOptions.Parse);
        var role = Get("ROLE", "all", ParseRole);
        var devices = Get("DEVICES", role == SiloRole.Control ? "none" : "auto", ParseDevices);
        if (role == SiloRole.Control && !devices.IsDefaultOrEmpty)
            problems.Add($"{Label("DEVICES")} is '{Text("DEVICES")}', but a silo of the role control runs no trials; leave it out, or set {Label("ROLE")} to all.");
        if (role != SiloRole.All && store is { Kind: not StorageKind.Redis })
            problems.Add($"{Label("ROLE")} is '{Text("ROLE")}', but a cluster of several silos needs a Redis store and this one is '{Text("STORE") ?? SiloSettings.DefaultStore}'; set {Label("STORE")} to redis://HOST:PORT, or leave {Label("ROLE")} out.");
        var cluster = Get("CLUSTER", SiloSettings.DefaultCluster, ParseCluster);
        var ports = (Silo: Get("SILO_PORT", "11111", ParsePort), Gateway: Get("GATEWAY_PORT", "30000", ParsePort), Http: Get<int?>("HTTP_PORT", "8080", ParseHttpPort));
        foreach (var (one, other, port) in new[] { ("SILO_PORT", "GATEWAY_PORT", ports.Silo), ("SILO_PORT", "HTTP_PORT", ports.Silo), ("GATEWAY_PORT", "HTTP_PORT", ports.Gateway) })
        {
            if (port > 0 && port == (other == "HTTP_PORT" ? ports.Http : ports.Gateway))
                problems.Add($"{Label(one)} and {Label(other)} are both {port}; give each a port of its own, or 0 for a free one.");
        }

        var advertise = Get("ADVERTISE", "127.0.0.1", ParseAddress);
        var log = Get("LOG", "warning", ParseLogLevel);
        var traces = Get("TRACE_CONTENT", "off", ParseSwitch);
        var sandbox = Get("SANDBOX", "on", SandboxUses.Parse);
        var artifacts = Get("ARTIFACTS", SiloSettings.DefaultArtifactFolder, Path.GetFullPath);
        var workers = new WorkerSettings { MemoryLimit = Get("WORKER_MEMORY", "none", ParseMemory), SilenceLimit = Get("WORKER_SILENCE", "10m", ParseSilence) };
        return problems.Count > 0 ? null : new()
        {
            Storage = store!,
            ArtifactFolder = artifacts!,
            Devices = devices,
            Role = role,
            Name = Text("NAME"),
            Cluster = cluster!,
            Advertise = advertise!,
            SiloPort = ports.Silo,
            GatewayPort = ports.Gateway,
            HttpPort = ports.Http,
            LogsToConsole = true,
            LogLevel = log,
            TracesContent = traces,
            Sandbox = sandbox,
            Workers = workers,
        };
    }

    private string? Text(string name) => options.TryGetValue(name, out var option) ? option : environment("NOLA_" + name) is { Length: > 0 } value ? value : null;

    private string Label(string name) => options.ContainsKey(name) ? Option(name) : "NOLA_" + name;

    private static string Option(string name) => "--" + name.ToLowerInvariant().Replace('_', '-');

    private T? Get<T>(string name, string otherwise, Func<string, T> parse)
    {
        var text = Text(name) ?? otherwise;
        try
        {
            return parse(text);
        }
        catch (FormatException fault)
        {
            problems.Add($"{Label(name)} is '{text}': {fault.Message}");
            return default;
        }
    }

    private static SiloRole ParseRole(string text) => text switch
    {
        "all" => SiloRole.All,
        "control" => SiloRole.Control,
        "worker" => SiloRole.Worker,
        _ => throw new FormatException("there is no such role; write all, control or worker."),
    };

    private static ImmutableArray<Device> ParseDevices(string text)
    {
        switch (text)
        {
            case "auto":
                return DeviceDiscovery.Find();
            case "none":
                return [];
            case "cpu":
                return [DeviceDiscovery.Cpu(1)];
            case "cuda":
                var found = DeviceDiscovery.Find().RemoveAll(device => device.Kind != DeviceKind.Cuda);
                return found.Length > 0 ? found : throw new FormatException("nvidia-smi lists no device on this machine; install the NVIDIA driver, or write auto, cpu:SLOTS or none.");
            default:
                return text.StartsWith("cpu:", StringComparison.Ordinal) && int.TryParse(text[4..], NumberStyles.None, CultureInfo.InvariantCulture, out var slots) && slots is > 0 and <= 1024
                    ? [DeviceDiscovery.Cpu(slots)]
                    : throw new FormatException("that names no devices; write auto, none, cuda, or cpu:SLOTS with 1 to 1024 slots.");
        }
    }

    private static long ParseMemory(string text) => text == "none" ? 0
        : Units.TryMemory(text, out var bytes) && bytes > 0 ? bytes
        : throw new FormatException("that is no amount of memory; write it like 8 GiB, or none for no limit.");

    private static TimeSpan ParseSilence(string text) => Units.TryDuration(text, out var duration) && duration > TimeSpan.Zero
        ? duration
        : throw new FormatException("that is no duration; write it like 90s or 10m.");

    private static string ParseCluster(string text) => text.Length <= 64 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
        ? text
        : throw new FormatException("a cluster id has at most 64 letters, digits, '-', '_' and '.'; choose another one.");

    private static int ParsePort(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
        ? port
        : throw new FormatException("a port is a number from 1 to 65535, or 0 for a free one.");

    private static int? ParseHttpPort(string text)
    {
        if (text == "off")
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new FormatException("a port is a number from 1 to 65535, 0 for a free one, or off for no HTTP at all.");
    }

    private static IPAddress ParseAddress(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? address : throw new FormatException("that is no address which others can reach; write this machine's own address or name.");
        try
        {
            return Dns.GetHostAddresses(text).OrderBy(found => found.AddressFamily).First();
        }
        catch (Exception fault) when (fault is SocketException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException("no address is known for that name; write this machine's own address or a name that resolves.");
        }
    }

    private static bool ParseSwitch(string text) => text switch
    {
        "on" => true,
        "off" => false,
        _ => throw new FormatException("that is no switch; write on or off."),
    };

    private static LogLevel ParseLogLevel(string text) => text switch
    {
        "debug" => LogLevel.Debug,
        "information" => LogLevel.Information,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => throw new FormatException("there is no such log level; write debug, information, warning or error."),
    };
}

/// <summary>A silo's settings are wrong; one sentence for each.</summary>
public sealed class SiloSettingsException(ImmutableArray<string> problems) : Exception(string.Join('\n', problems))
{
    public ImmutableArray<string> Problems { get; } = problems;
}
