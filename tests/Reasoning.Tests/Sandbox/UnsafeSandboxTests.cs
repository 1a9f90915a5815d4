using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

namespace Nola.Reasoning.Tests.Sandbox;

/// <summary>Trusted programs without bubblewrap get the same verdicts, and their trees end with them.</summary>
public sealed class UnsafeSandboxTests
{
    [Fact]
    public async Task Run_WithoutBubblewrap_GivesTheSameVerdicts()
    {
        await using var sandbox = await BubblewrapSandbox.Start(new() { Unsafe = true, Bubblewrap = "/no/such/bwrap", FirstUser = 75000 });
        Assert.SkipWhen(sandbox.Fault(ProgramLanguage.Python)?.Contains("; install ", StringComparison.Ordinal) == true, sandbox.Fault(ProgramLanguage.Python) ?? "");
        Assert.Null(sandbox.Fault(ProgramLanguage.Python));

        (string Code, Verdict Verdict, string Output)[] programs =
        [
            ("print(int(input()) * 2)", Verdict.Passed, "42\n"),
            ("import os\nopen('a', 'w').write('x')\nprint(os.listdir('.'), os.getsid(0) == os.getpid())", Verdict.Passed, "['a'] True\n"),
            ("import sys\nsys.exit(7)", Verdict.Failed, ""),
            ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", Verdict.Crashed, ""),
            ("x = bytearray(10 ** 12)", Verdict.OutOfMemory, ""),
            ("while True: pass", Verdict.TimedOut, ""),
        ];
        foreach (var (code, verdict, output) in programs)
        {
            var run = await sandbox.Run(new(ProgramLanguage.Python, code) { Input = "21\n", Time = TimeSpan.FromSeconds(verdict == Verdict.TimedOut ? 1 : 20) }, default);
            Assert.True((verdict, output) == (run.Verdict, run.Output), $"{code}: {run}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("while True: pass")]
    public async Task Run_ProgramThatLeavesChildren_EndsThemToo(string last)
    {
        await using var sandbox = await BubblewrapSandbox.Start(new() { Unsafe = true, Parallelism = 1, FirstUser = 85000 });
        Assert.SkipWhen(sandbox.Fault(ProgramLanguage.Python) is not null, sandbox.Fault(ProgramLanguage.Python) ?? "");
        const string leave = """
            import os, time
            children = [os.fork()]
            if children[0] == 0:
                os.setsid()
                grandchild = os.fork()
                while True: time.sleep(1)
            print(children[0], flush=True)

            """;

        var run = await sandbox.Run(new(ProgramLanguage.Python, leave + last) { Time = TimeSpan.FromSeconds(1) }, default);

        Assert.Equal(last.Length > 0 ? Verdict.TimedOut : Verdict.Passed, run.Verdict);
        Assert.False(IsRunning(run.Output.Trim()), $"the child {run.Output.Trim()} still runs");
    }

    private static bool IsRunning(string id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public async Task Run_JavaWithoutBubblewrap_PrintsWhatItShould()
    {
        await using var sandbox = await BubblewrapSandbox.Start(new() { Unsafe = true, Parallelism = 1, FirstUser = 90000 });
        Assert.SkipWhen(sandbox.Fault(ProgramLanguage.Java)?.Contains("; install ", StringComparison.Ordinal) == true, sandbox.Fault(ProgramLanguage.Java) ?? "");

        var run = await sandbox.Run(new(ProgramLanguage.Java, "public class Main { public static void main(String[] a) { System.out.println(1); } }") { Time = TimeSpan.FromSeconds(20) }, default);

        Assert.Equal((Verdict.Passed, "1\n"), (run.Verdict, run.Output));
    }
}
