using Nola.Core.Trials;

namespace Nola.Training.Loop;

/// <summary>Hears from a training run, on its thread, and answers whether to go on. Calls must return quickly: training waits for them.</summary>
public interface ITrainingObserver
{
    /// <summary>Where the run is, about once a second and whenever its allowance is used up.</summary>
    Directive Progress(TrialProgress progress);

    /// <summary>Metrics on the validation split.</summary>
    Directive Measured(Measurement measurement);
}
