using Nola.Client.Commands;
using Nola.Reasoning.Sandbox;
using Nola.Silo.Hosting;

namespace Nola.Client.Hosting;

/// <summary>What NOLA_SANDBOX says to commands that run programs, or an engine, in this process.</summary>
internal static class SandboxSetting
{
    /// <summary>The variable's value; on where it is not set.</summary>
    public static SandboxUse Read()
    {
        if (Environment.GetEnvironmentVariable(SandboxUses.Variable) is not { Length: > 0 } text)
            return SandboxUse.On;
        try
        {
            return SandboxUses.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new UserException($"{SandboxUses.Variable} is '{text}': {wrong.Message}", ExitCodes.Usage);
        }
    }

    /// <summary>A sandbox of this process as the variable says.</summary>
    /// <param name="parallelism">Programs at once; null for the number of processors.</param>
    /// <param name="note">Hears a warning when it is none.</param>
    /// <param name="stop">Gives up.</param>
    public static Task<BubblewrapSandbox> Start(int? parallelism, Action<string> note, CancellationToken stop)
    {
        var use = Read();
        if (use == SandboxUse.Off)
            throw new UserException($"{SandboxUses.Variable} is 'off', but this command runs programs; set it to on.", ExitCodes.Usage);
        if (use == SandboxUse.Unsafe)
            note(SandboxUses.Warning);
        return BubblewrapSandbox.Start(new() { Parallelism = parallelism ?? Environment.ProcessorCount, Unsafe = use == SandboxUse.Unsafe }, stop);
    }
}
