using System.Threading.Channels;
using Nola.Core.Trials;

namespace Nola.Silo.Tests.Commands;

/// <summary>Keeps what an attempt says, and answers as a test wants.</summary>
internal sealed class ListeningReporter : ITrialReporter
{
    private readonly List<Measurement> measurements = [];
    private readonly Channel<Measurement> arrivals = Channel.CreateUnbounded<Measurement>();

    /// <summary>The answer to a report. Default: go on.</summary>
    public Func<Measurement, Directive> OnReport { get; set; } = _ => Directive.Continue;

    /// <summary>The answer to progress. Default: go on.</summary>
    public Func<TrialProgress, Task<Directive>> OnProgress { get; set; } = _ => Task.FromResult(Directive.Continue);

    public IReadOnlyList<Measurement> Measurements => measurements;

    /// <summary>What was told last.</summary>
    public TrialProgress? Last { get; private set; }

    /// <summary>The next report that arrives.</summary>
    public async Task<Measurement> Next() => await arrivals.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(2));

    public ValueTask<Directive> Progress(TrialProgress progress)
    {
        Last = progress;
        return new(OnProgress(progress));
    }

    public ValueTask<Directive> Report(Measurement measurement)
    {
        measurements.Add(measurement);
        arrivals.Writer.TryWrite(measurement);
        return ValueTask.FromResult(OnReport(measurement));
    }
}
