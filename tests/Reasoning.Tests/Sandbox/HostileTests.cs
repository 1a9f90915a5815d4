using System.Diagnostics;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

namespace Nola.Reasoning.Tests.Sandbox;

/// <summary>Programs that mean harm are contained and leave nothing behind.</summary>
public sealed class HostileTests(SandboxFixture fixture)
{
    private const string HostVariable = "NOLA_TEST_SANDBOX_HOST";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static TheoryData<string> Names => [.. HostilePrograms.All.Select(program => $"{program.Language}: {program.Name}")];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_HostileProgram_IsContained(string name)
    {
        var program = HostilePrograms.All.Single(program => $"{program.Language}: {program.Name}" == name);
        var sandbox = fixture.Require(program.Language);

        var run = await sandbox.Run(new(program.Language, program.Code) { Time = TimeSpan.FromSeconds(program.Allowed.Contains(Verdict.TimedOut) ? 3 : 30) }, default);

        Assert.DoesNotContain("ESCAPED", run.Output, StringComparison.Ordinal);
        Assert.True(program.Allowed.Contains(run.Verdict), $"{run}");
        Assert.InRange(run.Output.Length, 0, 64 << 10);
        // The sandbox serves the next.
        Assert.Equal("1\n", (await sandbox.Run(new(ProgramLanguage.Python, "print(1)"), default)).Output);
    }

    [Fact]
    public async Task Dispose_AfterHostilePrograms_LeavesNothing()
    {
        fixture.Require(ProgramLanguage.Python);
        int keeper;
        await using (var sandbox = await BubblewrapSandbox.Start(new() { Parallelism = 4, FirstUser = 70000 }))
        {
            keeper = sandbox.KeeperId!.Value;
            var names = new[] { "fork bomb", "child that outlives its parent", "memory hog with twelve children", "sleep that ignores signals in a session of its own" };
            await Task.WhenAll(HostilePrograms.All.Where(program => names.Contains(program.Name)).Select(program => sandbox.Run(new(program.Language, program.Code) { Time = TimeSpan.FromSeconds(2) }, default)));
        }

        Assert.Empty(ProcessesOf(70000));
        Assert.Empty(GroupsOf(keeper));
    }

    [Fact]
    public async Task Run_HostKilledInMidRun_LeavesNothing()
    {
        fixture.Require(ProgramLanguage.Python);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, Environment = { [HostVariable] = "1" } };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(HostileTests).Assembly.Location);
        foreach (var argument in new[] { "-explicit", "only", "-method", $"{typeof(HostileTests).FullName}.{nameof(HostThatIsKilled)}" })
            start.ArgumentList.Add(argument);
        using var host = Process.Start(start)!;
        string? line;
        do
            line = await host.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        while (line is not null && !line.Contains("keeper ", StringComparison.Ordinal));
        Assert.NotNull(line);
        var id = int.Parse(line[(line.IndexOf("keeper ", StringComparison.Ordinal) + "keeper ".Length)..], System.Globalization.CultureInfo.InvariantCulture);
        using var keeper = Process.GetProcessById(id);
        Assert.NotEmpty(ProcessesOf(80000));

        host.Kill();

        await keeper.WaitForExitAsync().WaitAsync(Patience);
        Assert.Empty(ProcessesOf(80000));
        Assert.Empty(GroupsOf(id));
    }

    /// <summary>The host of the test above.</summary>
    [Fact(Explicit = true)]
    public async Task HostThatIsKilled()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(HostVariable) is null, "is run by another test");
        await using var sandbox = await BubblewrapSandbox.Start(new() { FirstUser = 80000, Parallelism = 3 });
        var bomb = HostilePrograms.All.Single(program => program.Name == "fork bomb that ends at once");
        var runs = new[] { bomb.Body + "\nwhile True: time.sleep(1)", "os.setsid()\nwhile True: pass" }
            .Select(body => sandbox.Run(new(ProgramLanguage.Python, "import os, time\n" + body) { Time = Patience }, default)).ToArray();
        // The keeper takes commands in order: once a third program has ended, the two are in their sandboxes.
        await sandbox.Run(new(ProgramLanguage.Python, "print(1)"), default);
        Console.Out.WriteLine($"keeper {sandbox.KeeperId}");
        Console.Out.Flush();
        await Task.WhenAll(runs);
    }

    private static List<int> ProcessesOf(int firstUser) => Environment.UserName != "root" ? [] :
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture))
            .Where(pid => UserOf(pid) is { } user && user >= firstUser && user < firstUser + 5000)];

    private static int? UserOf(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal));
            return int.Parse(line.Split('\t')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> GroupsOf(int keeper) => Directory.Exists("/sys/fs/cgroup")
        ? Directory.EnumerateDirectories("/sys/fs/cgroup", $"nola-sandbox.{keeper}.*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
        : [];
}
