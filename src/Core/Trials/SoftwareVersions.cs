using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Nola.Core.Trials;

/// <summary>Versions of this process.</summary>
public static class SoftwareVersions
{
    /// <summary>Nola's, with the commit it was built from where that is known.</summary>
    public static string Nola { get; } = Of(typeof(SoftwareVersions).Assembly);

    /// <summary>The runtime's, such as <c>.NET 10.0.1</c>.</summary>
    public static string DotNet => RuntimeInformation.FrameworkDescription;

    /// <summary>Operating system and architecture, such as <c>Debian GNU/Linux 13 (trixie) X64</c>.</summary>
    public static string System => $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}";

    /// <summary>An assembly's version as its makers write it.</summary>
    public static string Of(Assembly assembly)
    {
        // Not from the assembly's attributes: to read one, all are resolved, and a worker has no Orleans to resolve some with.
        var written = assembly.Location.Length > 0 ? FileVersionInfo.GetVersionInfo(assembly.Location).ProductVersion : null;
        return written ?? assembly.GetName().Version?.ToString() ?? "unknown";
    }
}
