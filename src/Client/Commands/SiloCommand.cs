using System.CommandLine;
using Nola.Client.Views;
using Nola.Silo.Hosting;

namespace Nola.Client.Commands;

/// <summary><c>nola silo</c>: a silo as the work of this process.</summary>
internal static class SiloCommand
{
    private static readonly (string Name, string Value, string Description)[] Settings =
    [
        ("--store", "address", "sqlite:PATH for one silo, redis://HOST:PORT for a cluster. Default: sqlite:.nola/nola.db."),
        ("--artifacts", "folder", "Folder for checkpoints and adapters, shared by all silos of a cluster. Default: .nola/artifacts."),
        ("--role", "role", "all, control (runs no trials) or worker (runs trials only). Default: all."),
        ("--devices", "devices", "auto, none, cuda, or cpu:SLOTS. Default: auto."),
        ("--worker-memory", "size", "Memory over which a worker is killed and its trial fails, such as 8 GiB, or none. Default: none."),
        ("--worker-silence", "duration", "A worker that says nothing for so long is killed, and its trial is tried again. Default: 10m."),
        ("--sandbox", "use", "on; off runs no programs of datasets and models; unsafe runs trusted ones without the sandbox. Default: on."),
        ("--advertise", "address", "Address under which others reach this silo. Default: 127.0.0.1."),
        ("--silo-port", "port", "Port for other silos; 0 for a free one. Default: 11111."),
        ("--gateway-port", "port", "Port for clients; 0 for a free one. Default: 30000."),
        ("--http-port", "port", "Port of /metrics, /healthz and /readyz; 0 for a free one, or off. Default: 8080."),
        ("--cluster-id", "id", "Silos and clients of one id belong together. Default: nola."),
        ("--name", "name", "The silo's name for people."),
        ("--log", "level", "debug, information, warning or error. Default: warning."),
    ];

    public static Command Create()
    {
        var command = new Command("silo",
            """
            Starts a silo and runs trials until it is stopped; SIGTERM and Ctrl-C drain it first.

            Each option may be an environment variable instead: --silo-port is NOLA_SILO_PORT; --cluster-id is NOLA_CLUSTER.

            Examples:
              nola silo                                               runs what nola submit hands over on this machine
              nola silo --store redis://nola-redis:6379 --advertise gpu-7 --artifacts /shared/nola
            """);
        var options = Settings.Select(setting => new Option<string?>(setting.Name) { Description = setting.Description, HelpName = setting.Value }).ToArray();
        foreach (var option in options)
            command.Add(option);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            var given = options.Where(option => line.GetValue(option) is not null)
                .SelectMany(option => new[] { option.Name == "--cluster-id" ? "--cluster" : option.Name, line.GetValue(option)! }).ToArray();
            try
            {
                return await NolaSilo.Run(SiloSettingsReader.Read(given, Environment.GetEnvironmentVariable), terminal.Output, terminal.Error, cancellation);
            }
            catch (SiloSettingsException wrong)
            {
                foreach (var problem in wrong.Problems)
                    terminal.Note(problem);
                return ExitCodes.Usage;
            }
        });
        return command;
    }
}
