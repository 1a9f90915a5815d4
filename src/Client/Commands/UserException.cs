namespace Nola.Client.Commands;

/// <summary>Ends a command with a message for the user and an exit code; no stack trace is shown.</summary>
internal sealed class UserException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
