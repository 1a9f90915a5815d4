using System.Diagnostics;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

namespace Nola.Reasoning.Tests.Sandbox;

/// <summary>Programs that mean no harm run as they would anywhere, and end with the right verdict.</summary>
public sealed class BubblewrapSandboxTests(SandboxFixture fixture)
{
    [Theory]
    [InlineData("print(int(input()) * 2)", "21\n", "42\n")]
    [InlineData("import sys\nprint(sys.stdin.read()[::-1], end='')", "abc", "cba")]
    [InlineData("print(open(0).read())", "żółć\n", "żółć\n\n")]
    [InlineData("if __name__ == '__main__':\n    print(__file__ if '__file__' in globals() else 'main')", "", "main\n")]
    [InlineData("import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))).__name__)", "", "A\n")]
    [InlineData("open('a', 'w').write('x' * 1000)\nprint(len(open('/tmp/a').read()))", "", "1000\n")]
    [InlineData("import sys\nsys.setrecursionlimit(10000)\ndef f(n): return n and 1 + f(n - 1)\nprint(f(5000))", "", "5000\n")]
    [InlineData("exit()", "", "")]
    [InlineData("import threading\nt = threading.Thread(target=print, args=(1,))\nt.start()\nt.join()", "", "1\n")]
    [InlineData("from multiprocessing import Pool\nif __name__ == '__main__':\n    print(sum(Pool(2).map(abs, range(-3, 3))))", "", "9\n")]
    public async Task Run_Python_PrintsWhatItShould(string code, string input, string output)
    {
        var run = await Run(ProgramLanguage.Python, code, input);

        Assert.Equal((Verdict.Passed, output, ""), (run.Verdict, run.Output, run.Error));
    }

    [Theory]
    [InlineData("import java.util.*; public class Main { public static void main(String[] a) { System.out.println(new Scanner(System.in).nextInt() * 2); } }", "21\n", "42\n")]
    [InlineData("class Other { static int f() { return 3; } } public class Entry { record P(int x) {} static void main(int a) { } public static void main(String[] a) throws Exception { System.out.println(new P(Other.f())); } }", "", "P[x=3]\n")]
    [InlineData("package a.b; public class Main { public static void main(String[] a) throws Exception { System.out.println(new java.io.BufferedReader(new java.io.InputStreamReader(System.in)).readLine()); } }", "żółć\n", "żółć\n")]
    [InlineData("public class Main { public static void main(String[] a) throws Exception { Thread t = new Thread(() -> System.out.println(1)); t.start(); } }", "", "1\n")]
    public async Task Run_Java_PrintsWhatItShould(string code, string input, string output)
    {
        var run = await Run(ProgramLanguage.Java, code, input);

        Assert.Equal((Verdict.Passed, output, ""), (run.Verdict, run.Output, run.Error));
    }

    [Theory]
    [InlineData("import sys\nsys.exit(7)", Verdict.Failed, 7)]
    [InlineData("assert 1 == 2", Verdict.Failed, 1)]
    [InlineData("def f(:", Verdict.Failed, 1)]
    [InlineData("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", Verdict.Crashed, null)]
    [InlineData("import os\nos.abort()", Verdict.Crashed, null)]
    [InlineData("x = bytearray(10 ** 12)", Verdict.OutOfMemory, null)]
    [InlineData("while True: pass", Verdict.TimedOut, null)]
    [InlineData("print('x' * 100_000)", Verdict.OutputLimit, null)]
    public async Task Run_PythonThatFails_GetsItsVerdict(string code, Verdict verdict, int? exitCode)
    {
        var run = await Run(ProgramLanguage.Python, code, "");

        Assert.True((verdict, exitCode) == (run.Verdict, run.ExitCode), $"{run}");
    }

    [Theory]
    [InlineData("public class Main { public static void main(String[] a) { System.exit(7); } }", Verdict.Failed, 7)]
    [InlineData("public class Main { public static void main(String[] a) { throw new RuntimeException(\"no\"); } }", Verdict.Failed, 1)]
    [InlineData("public class Main { public static void main(String[] a) { int x = \"\"; } }", Verdict.Failed, null)]
    [InlineData("public class Main { void f() { } }", Verdict.Failed, null)]
    [InlineData("public class Main { public static void main(String[] a) { while (true) { } } }", Verdict.TimedOut, null)]
    [InlineData("public class Main { public static void main(String[] a) { long[][] x = new long[1000][]; for (int i = 0; ; i++) x[i] = new long[10_000_000]; } }", Verdict.OutOfMemory, null)]
    public async Task Run_JavaThatFails_GetsItsVerdict(string code, Verdict verdict, int? exitCode)
    {
        var run = await Run(ProgramLanguage.Java, code, "");

        Assert.True((verdict, exitCode) == (run.Verdict, run.ExitCode), $"{run}");
    }

    [Fact]
    public async Task Run_JavaThatDoesNotCompile_TellsTheLine() => Assert.StartsWith(
        "Main.java:2: incompatible types",
        (await Run(ProgramLanguage.Java, "public class Main { public static void main(String[] a) {\nint x = \"\"; } }", "")).Error,
        StringComparison.Ordinal);

    [Fact]
    public async Task Run_ProgramAfterProgram_SeesNothingOfTheOther()
    {
        var sandbox = fixture.Require(ProgramLanguage.Python);
        const string code = "import os\nprint(os.listdir('/tmp'))\nopen('/tmp/mine', 'w').write('x')\nopen('/dev/shm/mine', 'w').write('x')";

        for (var i = 0; i < 4; i++)
            Assert.Equal("[]\n", (await sandbox.Run(new(ProgramLanguage.Python, code), default)).Output);
    }

    [Fact]
    public async Task Run_Cancelled_KillsTheProgram()
    {
        var sandbox = fixture.Require(ProgramLanguage.Python);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var started = Stopwatch.GetTimestamp();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sandbox.Run(new(ProgramLanguage.Python, "while True: pass") { Time = TimeSpan.FromSeconds(60) }, stop.Token));

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Start_WithoutBubblewrap_RefusesAndSaysWhatToInstall()
    {
        await using var sandbox = await BubblewrapSandbox.Start(new() { Bubblewrap = "/no/such/bwrap" });

        var run = await sandbox.Run(new(ProgramLanguage.Python, "print(1)"), default);

        Assert.Equal((Verdict.SandboxUnavailable, "the sandbox is unavailable: bubblewrap (bwrap) is missing; install bubblewrap"), (run.Verdict, run.Reason));
    }

    [Fact]
    public async Task Start_WithBubblewrapThatFails_SaysWhy()
    {
        // Ends at once, as bubblewrap does in a container that forbids user namespaces.
        await using var sandbox = await BubblewrapSandbox.Start(new() { Bubblewrap = "/usr/bin/false" });

        Assert.Equal("the sandbox is unavailable: it did not start: its first process ended with code 1 and told no reason", sandbox.Fault(ProgramLanguage.Java));
    }

    [Fact]
    public async Task Run_AfterTheKeeperWasKilled_StartsAnother()
    {
        fixture.Require(ProgramLanguage.Python);
        await using var sandbox = await BubblewrapSandbox.Start(new() { Parallelism = 1 });
        using var keeper = Process.GetProcessById(sandbox.KeeperId!.Value);
        keeper.Kill();
        await keeper.WaitForExitAsync();

        // The first run may still meet the old keeper; it is then told to be unavailable and not wrong.
        var runs = new List<ProgramRun>();
        do
            runs.Add(await sandbox.Run(new(ProgramLanguage.Python, "print(1)"), default));
        while (runs[^1].Verdict == Verdict.SandboxUnavailable && runs.Count < 100);

        Assert.Equal("1\n", runs[^1].Output);
    }

    [Fact]
    public async Task Run_BesideAnotherSandboxThatKills_IsNotDisturbed()
    {
        var sandbox = fixture.Require(ProgramLanguage.Python);
        await using var other = await BubblewrapSandbox.Start(new() { Parallelism = 2 });

        var patient = sandbox.Run(new(ProgramLanguage.Python, "import sys\nprint(len(sys.stdin.read()))\nimport time\nend = time.monotonic() + 3\nwhile time.monotonic() < end: pass") { Time = TimeSpan.FromSeconds(60) }, default);
        for (var i = 0; i < 4; i++)
            Assert.Equal(Verdict.TimedOut, (await other.Run(new(ProgramLanguage.Python, "while True: pass") { Time = TimeSpan.FromSeconds(0.5) }, default)).Verdict);

        Assert.Equal((Verdict.Passed, "0\n"), ((await patient).Verdict, (await patient).Output));
    }

    private async Task<ProgramRun> Run(ProgramLanguage language, string code, string input) =>
        await fixture.Require(language).Run(new(language, code) { Input = input, Time = TimeSpan.FromSeconds(code.Contains("while", StringComparison.Ordinal) ? 2 : 20) }, default);
}
