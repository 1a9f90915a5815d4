using Nola.Training.Batches;
using Nola.Training.Packing;
using Nola.Training.Tasks;
using static TorchSharp.torch;

namespace Nola.Training.Loop;

/// <summary>Where a session's forward and backward passes and its evaluations are computed: by itself, or together with other trials.</summary>
internal interface IPasses
{
    /// <summary>Measures the time that the trial spends.</summary>
    TimeProvider Clock { get; }

    /// <summary>Adds to the gradients those of a batch's mean loss, times a share; returns the loss times the share, a number on the device.</summary>
    Tensor Backward(ITrainingTask task, TrainedModel model, Batch batch, double share);

    /// <summary>Computes something that no other trial takes part in.</summary>
    T Alone<T>(Func<T> compute);

    /// <summary>No pass follows.</summary>
    void End();
}

/// <summary>The passes of a trial that has the process to itself.</summary>
internal sealed class OwnPasses(TimeProvider time) : IPasses
{
    public TimeProvider Clock => time;

    public Tensor Backward(ITrainingTask task, TrainedModel model, Batch batch, double share) =>
        PackedPass.Run([new(null, model.Model, task, batch, share)])[0].Loss!; // of one trial, a fault is thrown

    public T Alone<T>(Func<T> compute) => compute();

    public void End()
    {
    }
}
