namespace Nola.Silo.Hosting;

/// <summary>Whether, and how safely, a silo runs programs of datasets and of models.</summary>
public enum SandboxUse
{
    /// <summary>In the sandbox.</summary>
    On,

    /// <summary>Not at all.</summary>
    Off,

    /// <summary>Without the sandbox's walls; for programs that are trusted.</summary>
    Unsafe,
}

/// <summary>Reads a <see cref="SandboxUse"/>.</summary>
public static class SandboxUses
{
    /// <summary>The variable that says it.</summary>
    public const string Variable = "NOLA_SANDBOX";

    /// <summary>What a silo and a command say each time that they run programs without the sandbox.</summary>
    public const string Warning = $"{Variable} is 'unsafe': programs of datasets and models run without the sandbox, with the rights of this process; for trusted programs only.";

    /// <exception cref="FormatException">It is none of on, off, unsafe.</exception>
    public static SandboxUse Parse(string text) => text switch
    {
        "on" => SandboxUse.On,
        "off" => SandboxUse.Off,
        "unsafe" => SandboxUse.Unsafe,
        _ => throw new FormatException("write on, off or unsafe."),
    };
}
