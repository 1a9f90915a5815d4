using Nola.Client.Specs.Forms;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Sections;

/// <summary>When a study starts no more trials.</summary>
internal static class StopSection
{
    private static readonly Key<TimeSpan> Time = new("time", Values.Duration, "Time since the study's first trial was planned, pauses counted.", "no limit");
    private static readonly Key<double> Target = new("target", Values.Number(-1e12, 1e12), "A value of the objective, mean over the seeds, that is good enough.", "none");
    private static readonly Key<int> Plateau = new("plateau", Values.Integer(1), "Sets of hyperparameters in a row that brought nothing better.", "no limit");
    private static readonly Key<double> LeastGain = new("leastGain", Values.Number(0, 1e12), "How much better counts against the plateau, in units of the objective.", "0");

    /// <summary>The value of <c>search.stop</c>.</summary>
    public static Form<StopRule> Form { get; } = new Section<StopRule>(
        "search.stop", "When a study starts no more trials; the first rule that holds counts, and running trials go on to their ends.", [Time, Target, Plateau, LeastGain], fields => new()
        {
            Time = fields.Find(Time),
            Target = fields.Find(Target),
            Plateau = fields.Find(Plateau),
            LeastGain = fields.Get(LeastGain, 0),
        }).Form;
}
