using Nola.Reasoning.Problems;

namespace Nola.Reasoning.Sandbox;

/// <summary>Tries, inside a sandbox, what must not be possible there.</summary>
internal static class SandboxSelfTest
{
    private const string Probe = """
        import os, socket
        def check(name, holds):
            if not holds:
                print(name)
        def fails(action):
            try:
                action()
            except OSError:
                return True
            return False
        status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
        check("no seccomp filter is in force", status["Seccomp"].strip() == "2")
        check("new privileges can be had", status["NoNewPrivs"].strip() == "1")
        check("it has capabilities", int(status["CapEff"], 16) == 0 and int(status["CapBnd"], 16) == 0)
        check("it runs as root", os.getuid() != 0)
        check("it sees other processes", len([name for name in os.listdir("/proc") if name.isdigit()]) <= 3)
        check("the environment of its first process is not empty", "PATH=/usr/bin" in open("/proc/self/environ").read() and open("/proc/1/environ").read() == "")
        check("it can open network sockets", fails(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)))
        check("it can write to /usr", fails(lambda: open("/usr/nola", "w")))
        check("it can write to /", fails(lambda: open("/nola", "w")))
        check("it sees /etc/passwd", not os.path.exists("/etc/passwd"))
        check("it has inherited open files", sorted(os.listdir("/proc/self/fd"))[:3] == ["0", "1", "2"] and len(os.listdir("/proc/self/fd")) <= 4)
        print("tested")
        """;

    /// <summary>What is wrong with the sandbox; null when it holds. An unsafe one need only run programs.</summary>
    public static async Task<string?> Fault(Func<SandboxProgram, Task<ProgramRun>> run, bool isUnsafe)
    {
        var probe = await run(new(ProgramLanguage.Python, isUnsafe ? "print('tested')" : Probe) { Time = TimeSpan.FromSeconds(30) });
        if (probe.Verdict == Verdict.SandboxUnavailable)
            return probe.Reason + Advice(probe.Reason!);
        if (probe.Verdict != Verdict.Passed)
            return $"the sandbox is unavailable: its self-test ended as {probe.Verdict}: {probe.Error.Trim()}";
        return probe.Output.Trim() == "tested" ? null : $"the sandbox is unavailable: its self-test found that {probe.Output.Trim().ReplaceLineEndings("; ")}";
    }

    // What the default profile of containers does to bubblewrap.
    private static string Advice(string reason) => reason.Contains("namespace", StringComparison.OrdinalIgnoreCase) || reason.Contains("Operation not permitted", StringComparison.Ordinal)
        ? "; this machine or container forbids user namespaces: see docs/sandbox.md"
        : "";
}
