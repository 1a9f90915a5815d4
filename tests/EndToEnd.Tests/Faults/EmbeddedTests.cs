using System.Net;
using System.Net.Sockets;
using Nola.EndToEnd.Tests.Harness;
using Nola.Silo.Storage;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>One machine, one store: <c>nola run</c> and <c>nola resume</c> as a user starts them, and SIGKILL in between.</summary>
public sealed class EmbeddedTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string Store => folder["store"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task KillWorker_InMidTrial_ReportIsThatOfAnUndisturbedRun()
    {
        var undisturbed = await Undisturbed.Run;
        await using var nola = NolaProcess.Start("run", TinySpec.Write(folder.Path, Undisturbed.Seeds), "--store", Store, "--slots", TinySpec.Slots, "--json");
        await Checkpoints.Appear(Store, "tiny/0/0");

        Signals.Send(Assert.Single(nola.Workers), Signal.Kill);
        await nola.Exits(0);

        Assert.Equal(undisturbed.Report, Results.WithoutTimes(nola.Output));
        var trials = await Results.Trials("tiny", 0, "--store", Store);
        Assert.Equal([2, 1, 1], trials.Select(trial => trial.Attempts));
        Assert.All(trials, undisturbed.AssertSame);
        Exactly.WentOnFromACheckpoint(trials[0]);
    }

    [Fact]
    public async Task KillEverything_InMidRun_ResumeKeepsWhatIsFinishedAndReportsTheSame()
    {
        var undisturbed = await Undisturbed.Run;
        await using (var nola = NolaProcess.Start("run", TinySpec.Write(folder.Path, Undisturbed.Seeds), "--store", Store, "--slots", TinySpec.Slots, "--plain"))
        {
            await nola.Says("trial 0/0", "completed");
            await Checkpoints.Appear(Store, "tiny/0/1");
            await nola.KillAll();
        }

        var finished = Assert.Single(await Results.Trials("tiny", 0, "--store", Store));
        var report = await NolaProcess.Run(0, "resume", "tiny", "--store", Store, "--slots", TinySpec.Slots, "--json");

        Assert.Equal(undisturbed.Report, Results.WithoutTimes(report));
        var trials = await Results.Trials("tiny", 0, "--store", Store);
        Assert.Equal([1, 2, 1], trials.Select(trial => trial.Attempts));
        Assert.All(trials, undisturbed.AssertSame);
        Assert.Equal(Results.Text(finished), Results.Text(trials[0]));
        Exactly.WentOnFromACheckpoint(trials[1]);
    }

    [Fact]
    public async Task List_OwnerOfTheStoreEndsInsteadOfAnswering_OpensTheStoreItself()
    {
        Directory.CreateDirectory(Store);
        var file = Path.Combine(Store, "nola.db");
        await File.WriteAllBytesAsync(file, [], TestContext.Current.CancellationToken);
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        gateway.Start();
        using var owner = StoreLock.Take(file, gateway.LocalEndpoint.ToString()!, "nola", TimeProvider.System);

        await using var nola = NolaProcess.Start("ls", "--store", Store, "--json");
        using var asked = await gateway.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        owner.Dispose();
        await nola.Exits(0);

        Assert.Equal("[]", nola.Output.Trim());
    }
}
