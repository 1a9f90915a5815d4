namespace Nola.Reasoning.Sandbox;

/// <summary>Limits of a <see cref="BubblewrapSandbox"/> and where it finds what it needs.</summary>
public sealed record SandboxOptions
{
    /// <summary>Programs at once. Default: the number of processors.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Memory of a Python program with all its children, in bytes. Default: 512 MiB.</summary>
    public long PythonMemory { get; init; } = 512L << 20;

    /// <summary>Memory of a Java program with its virtual machine, in bytes; its heap gets half. Default: 1 GiB.</summary>
    public long JavaMemory { get; init; } = 1L << 30;

    /// <summary>Processes and threads of a Python program. Default: 32.</summary>
    public int PythonProcesses { get; init; } = 32;

    /// <summary>Processes and threads of a Java program; its virtual machine needs about 20. Default: 128.</summary>
    public int JavaProcesses { get; init; } = 128;

    /// <summary>Bytes of temporary files, kept in memory. Default: 16 MiB.</summary>
    public long TemporaryFiles { get; init; } = 16L << 20;

    /// <summary>
    /// Runs programs without bubblewrap, with the rights of this process (as root: of a user of their own): only what the system limits for each
    /// process, time and output are bounded. For programs that are trusted, where bubblewrap cannot work. Default: false.
    /// </summary>
    public bool Unsafe { get; init; }

    /// <summary>Path of bubblewrap. Default: found on the PATH.</summary>
    public string? Bubblewrap { get; init; }

    /// <summary>Path of Python 3, in /usr. Default: /usr/bin/python3.</summary>
    public string Python { get; init; } = "/usr/bin/python3";

    /// <summary>Folder of a JDK in /usr. Default: the JDK 17 of /usr/lib/jvm, else that of /usr/bin/java.</summary>
    public string? JavaHome { get; init; }

    /// <summary>
    /// When this runs as root, sandboxes get user numbers of their own from here on: 500 for each Nola process of the machine, 5,000 in all.
    /// Default: 60000.
    /// </summary>
    public int FirstUser { get; init; } = 60000;
}
