using Nola.Core.Trials;
using Nola.Training.Batches;
using Nola.Training.Loop;
using Nola.Training.Native;
using Nola.Training.Tasks;
using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>One trial of a packer: its passes, its clock and its way to tell.</summary>
internal sealed class PackMember(TrialPacker packer, TimeProvider time) : IPasses, IDisposable
{
    private readonly ChargedTime clock = new(time);
    private bool isLoaded;
    private bool isTraining;

    public TimeProvider Clock => clock;

    // The time of the wait is not the trial's; its share of the pass is.
    public Tensor Backward(ITrainingTask task, TrainedModel model, Batch batch, double share)
    {
        var began = time.GetTimestamp();
        if (!isTraining)
            packer.Begin();
        isTraining = true;
        var (loss, charge) = packer.Pass(new(model.PackKey, model.Model, task, batch, share));
        clock.Excuse(time.GetElapsedTime(began) - charge);
        return loss;
    }

    public T Alone<T>(Func<T> compute)
    {
        var began = time.GetTimestamp();
        return packer.Alone(() => clock.Excuse(time.GetElapsedTime(began)), compute);
    }

    public void End()
    {
        if (isTraining)
            packer.End();
        isTraining = false;
    }

    /// <summary>The trial is ready for its first pass.</summary>
    public void Loaded()
    {
        if (!isLoaded)
            packer.Loaded();
        isLoaded = true;
    }

    public void Dispose()
    {
        Loaded();
        End();
        if (packer.Leave())
            MemoryAllocator.Rest();
    }

    /// <summary>An observer during whose answers the other trials do not wait for this one.</summary>
    public ITrainingObserver Of(ITrainingObserver observer) => new PatientObserver(this, observer);

    private Directive Ask(Func<Directive> ask) => isTraining ? packer.Ask(ask) : ask();

    private sealed class PatientObserver(PackMember member, ITrainingObserver observer) : ITrainingObserver
    {
        public Directive Progress(TrialProgress progress) => member.Ask(() => observer.Progress(progress));

        public Directive Measured(Measurement measurement) => member.Ask(() => observer.Measured(measurement));
    }
}
