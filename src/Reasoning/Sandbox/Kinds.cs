using System.Text;

namespace Nola.Reasoning.Sandbox;

/// <summary>The kinds of sandboxes: Python, Java, and the compiler of Java.</summary>
internal static class Kinds
{
    private static readonly ImmutableDictionary<string, string> Environment = new Dictionary<string, string>
    {
        ["PATH"] = "/usr/bin",
        ["HOME"] = "/tmp",
        ["LANG"] = "C.UTF-8",
        // Sets of strings have the same order each time.
        ["PYTHONHASHSEED"] = "0",
    }.ToImmutableDictionary();

    // The client compiler alone and the simplest collector start fastest and use the fewest threads.
    private static readonly string[] JavaFlags =
    [
        "-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-XX:-UseContainerSupport", "-XX:+ExitOnOutOfMemoryError",
        "-XX:ReservedCodeCacheSize=64m", "-Dfile.encoding=UTF-8", "-Dsun.stdout.encoding=UTF-8", "-Djava.awt.headless=true",
    ];

    public static SandboxKind Python(SandboxOptions options) => new()
    {
        Command = [options.Python, "-B", "-s", "-S", "-X", "utf8", "-c", Keeper.Resource("boot.py")],
        Memory = options.PythonMemory,
        Processes = options.PythonProcesses,
        Temporary = options.TemporaryFiles,
        Spares = options.Parallelism,
        LimitAddressSpace = true,
        Environment = Environment,
        // Links by which Debian finds the libraries of NumPy.
        Readable = ["/etc/alternatives"],
    };

    public static SandboxKind Java(SandboxOptions options, string home, byte[] boot) => new()
    {
        Command = [$"{home}/bin/java", .. JavaFlags, $"-Xmx{options.JavaMemory / 2 >> 20}m", "-XX:MaxDirectMemorySize=64m", "-cp", "/nola", "Boot"],
        Memory = options.JavaMemory,
        Processes = options.JavaProcesses,
        Temporary = options.TemporaryFiles,
        Spares = options.Parallelism,
        Environment = Environment,
        Readable = SandboxPrograms.JavaConfiguration(home),
        Files = ImmutableDictionary<string, string>.Empty.Add("/nola/Boot.class", Convert.ToBase64String(boot)),
    };

    public static SandboxKind Compiler(SandboxOptions options, string home) => new()
    {
        Command = [$"{home}/bin/java", .. JavaFlags, "-Xmx512m", "-Xss16m", "/nola/Compiler.java"],
        Memory = 1L << 30,
        Processes = options.JavaProcesses,
        Temporary = options.TemporaryFiles,
        Lasts = true,
        Uses = 500,
        CpuSeconds = 3600,
        Environment = Environment,
        Readable = SandboxPrograms.JavaConfiguration(home),
        Files = ImmutableDictionary<string, string>.Empty.Add("/nola/Compiler.java", Convert.ToBase64String(Encoding.UTF8.GetBytes(Keeper.Resource("Compiler.java")))),
    };
}
