namespace Nola.Reasoning.Sandbox;

/// <summary>Finds the programs that the sandbox is made of.</summary>
internal static class SandboxPrograms
{
    /// <summary>What must be installed; null when everything for Python is there.</summary>
    public static string? Missing(SandboxOptions options) =>
        !OperatingSystem.IsLinux() ? "it needs Linux"
        : !options.Unsafe && Bubblewrap(options) is null ? "bubblewrap (bwrap) is missing; install bubblewrap"
        : !File.Exists(options.Python) ? $"{options.Python} is missing; install python3"
        : null;

    public static string? Bubblewrap(SandboxOptions options) => options.Bubblewrap is { } path
        ? File.Exists(path) ? path : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Select(folder => Path.Combine(folder, "bwrap")).FirstOrDefault(File.Exists);

    /// <summary>Folder of the JDK, without links, in /usr; null when there is none.</summary>
    public static string? JavaHome(SandboxOptions options)
    {
        if (options.JavaHome is { } home)
            return IsJdk(home) ? home : null;
        var installed = Directory.Exists("/usr/lib/jvm") ? Directory.GetDirectories("/usr/lib/jvm").Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        var found = installed.Where(IsJdk).OrderByDescending(folder => Path.GetFileName(folder).Contains("17", StringComparison.Ordinal)).FirstOrDefault();
        return found is null ? null : new DirectoryInfo(found).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? found;
    }

    /// <summary>Where Debian keeps the configuration that a JDK links to.</summary>
    public static ImmutableArray<string> JavaConfiguration(string home) =>
        new DirectoryInfo(Path.Combine(home, "conf", "security")) is { Exists: true } folder && Directory.Exists("/etc/java-17-openjdk") && folder.FullName.StartsWith("/usr", StringComparison.Ordinal)
            ? ["/etc/java-17-openjdk"]
            : [.. Directory.Exists("/etc") ? Directory.GetDirectories("/etc", "java-*-openjdk") : []];

    private static bool IsJdk(string folder) => File.Exists(Path.Combine(folder, "bin", "java")) && File.Exists(Path.Combine(folder, "bin", "javac"));
}
