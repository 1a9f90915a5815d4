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
    /// <remarks>Read from its file: its attributes may be of assemblies that are not here, as Orleans' are not in a worker.</remarks>
    public static string Of(Assembly assembly) =>
        FileVersionInfo.GetVersionInfo(assembly.Location).ProductVersion ?? assembly.GetName().Version?.ToString() ?? "unknown";
}
