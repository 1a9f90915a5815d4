using System.Collections.Concurrent;
using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Hosting;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Scheduling;

/// <summary>Trials whose answers are judged by running programs go to silos whose sandbox runs these.</summary>
public class ProgramPlacementTests
{
    private const string Missing = "the sandbox is unavailable: bubblewrap (bwrap) is missing; install bubblewrap";

    [Fact]
    public async Task Trials_OneSiloRunsPrograms_AllRunThere()
    {
        var silos = new Silos(new(ProgramKinds.None, Missing), new(ProgramKinds.PythonAndJava, null), new(ProgramKinds.Python, "no JDK"));
        await using var engine = await TestEngine.Start(3, silos.Configure);

        await engine.Experiment("java").Submit(Spec("java", ProgramKinds.PythonAndJava));
        await engine.Experiment("none").Submit(Spec("none", ProgramKinds.None));

        await engine.Finished("java");
        await engine.Finished("none");
        Assert.Single(await Places("java"));
        Assert.True((await Places("none")).Count() > 1);
        Assert.All(await engine.Trials("java"), trial => Assert.Equal((new Completed() as Outcome, 1), (trial.Result.Outcome, trial.Attempts)));

        async Task<IEnumerable<string>> Places(string experiment) => (await engine.Trials(experiment)).Select(trial => trial.Place).Distinct();
    }

    [Fact]
    public async Task Submit_NoSiloRunsPrograms_IsRefusedAtOnceWithWhatToInstall()
    {
        var silos = new Silos(new(ProgramKinds.None, Missing), new(ProgramKinds.Python, "the sandbox cannot run Java: there is no JDK in /usr; install openjdk-17-jdk-headless"));
        await using var engine = await TestEngine.Start(2, silos.Configure);

        var refused = await Assert.ThrowsAsync<SubmissionRefusedException>(() => engine.Experiment("a").Submit(Spec("a", ProgramKinds.PythonAndJava)));

        // Silos are named in the order of their names; either may have been tested first.
        Assert.StartsWith("The trials are judged by running Python and Java programs in the sandbox, which no silo can do. Silo ", refused.Message, StringComparison.Ordinal);
        Assert.Contains($": {Missing}. S", refused.Message, StringComparison.Ordinal);
        Assert.Contains(": the sandbox cannot run Java: there is no JDK in /usr; install openjdk-17-jdk-headless. S", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(" Start it again then, or add a silo that can.", refused.Message, StringComparison.Ordinal);
        await engine.Experiment("b").Submit(Spec("b", ProgramKinds.Python));
        Assert.Equal(6, (await engine.Finished("b")).Counts.Completed);
    }

    [Fact]
    public async Task Trials_TheSiloWithTheSandboxGoes_WaitAndSayWhyAndRunWhenOneComes()
    {
        var silos = new Silos(new(ProgramKinds.Python, null), new(ProgramKinds.None, Missing), new(ProgramKinds.Python, null));
        await using var engine = await TestEngine.Start(2, silos.Configure, store: new FaultyStorage());
        await engine.Experiment("a").Submit(Spec("a", ProgramKinds.Python, TimeSpan.FromMinutes(5)) with { Parallelism = 1 });
        var running = await engine.Until("a", status => status.Running.Any(trial => trial.Place.Length > 0));
        var place = running.Running.Single(trial => trial.Place.Length > 0).Place;

        await engine.Cluster.StopSiloAsync(engine.Cluster.Silos.Single(silo => place.StartsWith(silo.SiloAddress.ToString(), StringComparison.Ordinal)));

        var waiting = await engine.Until("a", status => status.Notice is not null);
        Assert.StartsWith("The trials are judged by running Python programs in the sandbox, which no silo can do. Silo ", waiting.Notice, StringComparison.Ordinal);
        Assert.Equal((0, 0), (waiting.Counts.Failed, waiting.Running.Count(trial => trial.Place.Length > 0)));
        await engine.Cluster.StartAdditionalSiloAsync();
        var again = await engine.Until("a", status => status.Running.Any(trial => trial.Place.Length > 0));
        Assert.NotEqual(place, again.Running.Single(trial => trial.Place.Length > 0).Place);
        Assert.Null((await engine.Until("a", status => status.Notice is null)).Notice);
    }

    private static ExperimentSpec Spec(string name, ProgramKinds programs, TimeSpan duration = default) =>
        TestEngine.Spec(name, 6, duration: duration == default ? TimeSpan.FromMilliseconds(200) : duration) with { Needs = new() { Slot = SlotKind.Light, Programs = programs } };

    // Each silo takes one of the offers, in the order in which they are tested.
    private sealed class Silos(params ProgramOffer[] offers)
    {
        private readonly ConcurrentQueue<ProgramOffer> left = new(offers);

        public void Configure(NolaGrainsOptions options) => options.TestPrograms = _ => Task.FromResult(left.TryDequeue(out var offer) ? offer : throw new InvalidOperationException("a silo was tested twice"));
    }
}
