using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Data.Downloads;
using Nola.Training.Native;
using Nola.Training.Packing;
using Nola.Training.Pretraining;
using Nola.Training.Safetensors;
using Nola.Training.Tasks;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Loop;

/// <summary>Carries out one attempt at a training trial, from its files to its result.</summary>
/// <remarks>
/// Works on the caller's thread from beginning to end: libtorch's gradient mode and TorchSharp's dispose scopes belong to a thread, and the
/// random generator to the process. So: each trial on a thread of its own, and one at a time in a process but for those of a packer.
/// </remarks>
/// <param name="models">Base models in memory.</param>
/// <param name="time">Measures training time.</param>
/// <param name="device">Where to compute; null for the CPU.</param>
/// <param name="packer">Brings it together with the other trials of the process; null when it is the only one.</param>
public sealed class TrainingRun(ModelCache models, TimeProvider time, Device? device = null, TrialPacker? packer = null)
{
    // The random generator is the process's: one trial draws its first values at a time.
    private static readonly Lock Generator = new();

    /// <summary>Runs the trial to its end, or goes on from the newest checkpoint in the folder.</summary>
    /// <param name="trial">What to do.</param>
    /// <param name="artifactFolder">Holds checkpoints, and in the end <c>adapter/</c> or <c>model/</c> and <c>labels.json</c>.</param>
    /// <param name="allowance">What may be used, counted from the start of this attempt.</param>
    /// <param name="observer">Hears of progress and measurements.</param>
    /// <param name="stop">Ends the run: it saves a checkpoint and throws <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The result; <see cref="RunResult.Usage"/> is what this attempt used, without device time, which the holder of the lease knows.
    /// <see cref="RunResult.Metrics"/> is empty when the trial diverged or failed.
    /// </returns>
    public RunResult Execute(TrialSpec trial, string artifactFolder, Allowance allowance, ITrainingObserver observer, CancellationToken stop)
    {
        using var member = packer?.Join(time);
        try
        {
            var told = member?.Of(observer) ?? observer;
            told.Progress(new() { Phase = "loading" });
            // Outside of the lock: a download takes its time.
            var pretrained = trial.Model is PretrainedModel { Path: var path } ? PretrainedFolder.Of(path, told, stop) : null;
            var (folder, task, model) = Load(trial, pretrained, artifactFolder);
            member?.Loaded();
            using (model)
                return new TrainingSession(time, (IPasses?)member ?? new OwnPasses(time), device ?? CPU, trial, artifactFolder, folder, task, model, allowance, told, stop).Run();
        }
        catch (Exception fault) when (fault is TrialFailedException or ModelFileException or DataException or ArgumentException or DownloadException { IsPassing: false })
        {
            return new() { Outcome = new Failed(fault.Message) };
        }
        finally
        {
            if (packer is null)
                MemoryAllocator.Rest();
        }
    }

    private (string Folder, ITrainingTask Task, TrainedModel Model) Load(TrialSpec trial, string? pretrained, string artifactFolder)
    {
        lock (Generator)
        {
            manual_seed(trial.Seed);
            TorchSharp.torch.backends.cuda.matmul.allow_tf32 = trial.Training.Precision != Precision.Float32; // for the whole process; the trials of a packer are of one study
            var folder = pretrained ?? trial.Model switch
            {
                NewModel unborn => NewModelFolder.Prepare(unborn, trial, Path.Combine(artifactFolder, "initial")),
                _ => throw new TrialFailedException($"The model '{trial.Model.Id}' cannot be trained: it is no model folder."),
            };
            var task = TrainingTasks.Create(trial, Tokenizer.Load(folder));
            if (!task.Has(Split.Validation))
                throw new TrialFailedException($"The dataset '{trial.Dataset?.Id}' has too few samples to hold some out for validation.");
            return (folder, task, new TrainedModel(trial, folder, task, device ?? CPU, models));
        }
    }
}
