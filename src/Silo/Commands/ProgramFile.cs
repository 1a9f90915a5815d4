namespace Nola.Silo.Commands;

/// <summary>Finds programs as a shell does.</summary>
public static class ProgramFile
{
    /// <summary>
    /// Absolute path of a program: a name is looked for on PATH, a path with a slash begins in the working directory. Null when there is no such file that may be executed.
    /// </summary>
    public static string? Find(string program, string workingDirectory) => program.Contains('/')
        ? Executable(Path.GetFullPath(Path.Combine(workingDirectory, program)))
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Executable(Path.Combine(folder, program))).FirstOrDefault(found => found is not null);

    private static string? Executable(string file) =>
        File.Exists(file) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0 ? file : null;
}
