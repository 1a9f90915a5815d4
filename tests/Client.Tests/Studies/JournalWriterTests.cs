using Nola.Client.Studies.Optuna;
using Nola.Core.Experiments;

namespace Nola.Client.Tests.Studies;

public sealed class JournalWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-journal-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Write_EveryKindOfParameterAndState_AsExpected() => Expectation.Matches(Journal(), "Journal");

    /// <summary>What Optuna 4.1.0 reads in the journal above is in the file of the second expectation.</summary>
    [Fact]
    public async Task Write_ThenOptunaReads_TheSameStudy()
    {
        var file = Path.Combine(folder, "journal.log");
        await File.WriteAllTextAsync(file, Journal(), TestContext.Current.CancellationToken);
        var read = await Peer.Run("read.py", file);
        Assert.SkipWhen(read is null, "There is no Optuna here; NOLA_PEER names a Python that has it.");

        Expectation.Matches(read!, "OptunaReads");
    }

    private static string Journal()
    {
        var study = SampleStudy.Build();
        // The second one has two objectives, a constraint that some break, and only a few trials.
        var two = study with { Title = "sweep / two", Spec = study.Spec with { Constraints = [new("parameters", null, 16_000)], Search = study.Spec.Search! with { Besides = [new("parameters", Direction.Minimize)] } }, Trials = study.Trials[..6], Running = [] };
        return new JournalWriter(TimeZoneInfo.Utc).Write([study, two]);
    }
}
