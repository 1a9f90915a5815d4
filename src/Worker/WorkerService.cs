using Nola.Core.Trials;
using Nola.Core.Workers;
using Nola.Training.Generation;
using Nola.Training.Loop;
using Nola.Training.Native;
using Nola.Training.Packing;
using Nola.Training.Prediction;
using StreamJsonRpc;
using TorchSharp;

namespace Nola.Worker;

/// <summary>Answers the silo: self-test, then one trial at a time or several packed ones, each on a thread of its own.</summary>
internal sealed class WorkerService : IWorker
{
    private readonly ModelCache models = new();
    private readonly Lazy<TrialPacker> packer = new();
    private readonly List<GenerativeModel> generators = []; // under its own lock: one generates at a time
    private IWorkerEvents? events;
    private torch.Device? device;

    /// <summary>Begins to answer.</summary>
    public void ListenOn(JsonRpc conversation)
    {
        conversation.AddLocalRpcTarget<IWorker>(this, null);
        events = conversation.Attach<IWorkerEvents>();
        conversation.StartListening();
    }

    public Task<WorkerInfo> Hello(WorkerSetup setup, CancellationToken cancellation)
    {
        NativeLibraries.Load();
        torch.set_num_threads(setup.Threads);
        device = torch.device(setup.Device);
        return Task.FromResult(new WorkerInfo(Environment.ProcessId, SelfTest.Run(device), new()
        {
            Threads = setup.Threads,
            Nola = SoftwareVersions.Nola,
            TorchSharp = SoftwareVersions.Of(typeof(torch).Assembly),
            LibTorch = torch.__version__,
            DotNet = SoftwareVersions.DotNet,
            System = SoftwareVersions.System,
        }));
    }

    public Task<RunResult> Run(WorkerJob job, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<RunResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Train(job, done, cancellation)) { IsBackground = true, Name = "training" }.Start();
        return done.Task;
    }

    public Task<Predictions> Predict(PredictionJob job, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using var model = FineTunedModel.Load(job.Model, job.Adapter, device);
            return model.Predict(job.Texts, job.MaxLength, cancellation);
        },
        cancellation);

    public Task<Generation> Generate(GenerationJob job, CancellationToken cancellation) => Task.Run(
        () =>
        {
            lock (generators)
            {
                if (generators.FirstOrDefault(known => known.Folder == job.Model) is not { } generator)
                    generators.Add(generator = GenerativeModel.Load(job.Model, device));
                return generator.Write(job, cancellation);
            }
        },
        cancellation);

    public Task Merge(MergeJob job, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using var model = FineTunedModel.Load(job.Model, job.Adapter, torch.CPU);
            model.SaveMerged(job.Output);
        },
        cancellation);

    private void Train(WorkerJob job, TaskCompletionSource<RunResult> done, CancellationToken stop)
    {
        try
        {
            var run = new TrainingRun(models, TimeProvider.System, device, job.IsPacked ? packer.Value : null);
            done.SetResult(run.Execute(job.Trial, job.ArtifactFolder, job.Allowance, new SiloObserver(events!, job.Trial.Id), stop));
        }
        catch (OperationCanceledException)
        {
            done.SetCanceled(stop);
        }
        catch (Exception fault)
        {
            done.SetException(fault);
        }
    }

    // The training thread has nothing else to do until the silo has answered.
    private sealed class SiloObserver(IWorkerEvents events, TrialId trial) : ITrainingObserver
    {
        public Directive Progress(TrialProgress progress) => events.Progress(trial, progress).GetAwaiter().GetResult();

        public Directive Measured(Measurement measurement) => events.Measured(trial, measurement).GetAwaiter().GetResult();
    }
}
