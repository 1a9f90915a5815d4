using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Batches;
using Nola.Training.Checkpoints;
using Nola.Training.Models;
using Nola.Training.Tasks;
using static TorchSharp.torch;

namespace Nola.Training.Loop;

/// <summary>One attempt under way.</summary>
internal sealed class TrainingSession(
    TimeProvider time, IPasses passes, Device device, TrialSpec trial, string artifactFolder, string modelFolder, ITrainingTask task, TrainedModel model,
    Allowance allowance, ITrainingObserver observer, CancellationToken stop)
{
    private const int SecondsBetweenReports = 1;

    private readonly CheckpointStore checkpoints = new(Path.Combine(artifactFolder, "checkpoints"));
    private readonly PatientDisk disk = new(stop);
    private readonly string fingerprint = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(trial)));
    private readonly TrainingPlan plan = TrainingPlan.For(trial, task.Samples, task.StepsPerEpoch);
    private readonly StepLosses losses = new(isLate: device.type != TorchSharp.DeviceType.CPU);

    private Usage earlier = Usage.None; // of the attempts before, up to the checkpoint
    private Usage spent = Usage.None; // of this attempt
    private long step;
    private long measuredAt;
    private Measurement? best;
    private Outcome? end;
    private Allowance allowed = allowance;
    private TimeSpan lastStepTime;
    private TimeSpan savedAt;
    private long reportedAt;
    private long samplesAtReport;
    private long evaluated; // samples, in this attempt

    public RunResult Run()
    {
        using var unread = losses;
        if (FinishedResult.Read(artifactFolder, fingerprint) is { } finished)
            return finished;
        if (task is IMeasuresBefore before)
            Look(told =>
            {
                before.MeasureBefore(model.Model, device, told);
                return task;
            });
        var resumedFrom = Resume();
        try
        {
            Train();
            passes.End();
            if (end is not Diverged && measuredAt < step)
                Measure();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            TrySave();
            observer.Progress(Progress("stopped"));
            throw;
        }

        if (resumedFrom < step)
            Insist(Save); // the weights of the end, before the best ones take their place
        return Finish(resumedFrom);
    }

    // The training loop. A step is: batch, forward, loss, backward, clip, update; then measure and save where it is time.
    private void Train()
    {
        var settings = trial.Training;
        var rate = new LearningRate(settings.LearningRate, (long)Math.Round(settings.WarmupRatio * plan.Steps), plan.Steps);
        reportedAt = time.GetTimestamp();
        if (IsTimeToMeasure)
            Measure(); // the checkpoint lay before a measurement
        while (end is null && step < plan.Steps)
        {
            stop.ThrowIfCancellationRequested();
            if (IsOutOfPatience)
            {
                end = new Completed();
                return;
            }

            if (CapReached() is { } cap)
            {
                end = new OutOfBudget(cap);
                return;
            }

            using (NewDisposeScope())
            {
                var began = passes.Clock.GetTimestamp();
                model.Model.Dropout = new(trial.Seed, step);
                var batch = task.TrainingBatch(step);
                losses.Add(step, Backward(batch, settings.AccumulationSteps));
                if (EndIfDiverged())
                    return;
                model.Optimizer.Step(rate.At(step), settings.ClipNorm);
                model.Optimizer.ClearGradients();
                step++;
                if (IsTimeToMeasure)
                    losses.ReadAll(); // it is the step's time
                lastStepTime = passes.Clock.GetElapsedTime(began);
                spent += new Usage { TrainingTime = lastStepTime, Samples = batch.Samples, Steps = 1, Tokens = batch.Tokens };
            }

            if (EndIfDiverged())
                return;
            ReportNowAndThen();
            if (end is null && IsTimeToMeasure)
                Measure();
            if (spent.TrainingTime - savedAt >= settings.CheckpointEvery)
                TrySave();
        }

        if (end is null && plan.Cap is { } planned)
            end = new OutOfBudget(planned);
    }

    // The gradients of the batch's mean loss, which is returned; part by part, under one dropout whose masks go on from part to part.
    private Tensor Backward(Batch batch, int parts)
    {
        if (parts == 1)
            return passes.Backward(task, model, batch.To(device), 1);

        var sum = zeros(1, device: device);
        var whole = task.WeightOf(batch);
        foreach (var part in batch.Split(parts))
        {
            using var scope = NewDisposeScope();
            if (task.WeightOf(part) / whole is not (> 0 and var share))
                continue;
            using var loss = passes.Backward(task, model, part.To(device), share);
            sum.add_(loss);
        }

        return sum;
    }

    // Whether a loss that has been read was no number.
    private bool EndIfDiverged()
    {
        if (losses.Diverged is { } bad)
            end = new Diverged(bad);
        return end is Diverged;
    }

    // Told by steps alone, so that an attempt which goes on from a checkpoint ends at the same one.
    private bool IsOutOfPatience => trial.Training.Patience is { } patience && best is not null && measuredAt - best.Step >= patience * plan.EvaluateEvery;

    private bool IsTimeToMeasure => measuredAt < step && (step % plan.EvaluateEvery == 0 || step == plan.Steps);

    private TimeSpan TrainingTime => earlier.TrainingTime + spent.TrainingTime;

    // A step that would pass a cap is not begun; the last step's time foretells the next one's.
    private string? CapReached()
    {
        if (trial.Budget.Time is { } cap && TrainingTime + lastStepTime > cap)
            return string.Create(CultureInfo.InvariantCulture, $"perTrial.time = {cap.TotalSeconds:0.###}s");
        if (!IsOverAllowance)
            return null;
        Obey(observer.Progress(Progress("training")));
        return IsOverAllowance ? allowed.Cap : null;
    }

    private bool IsOverAllowance => !allowed.Covers(spent + Ahead);

    // The next step, and the evaluations if it is the last one. An evaluated sample takes as long as the ones before it; before the first, as long
    // as a sample of training.
    private Usage Ahead
    {
        get
        {
            var sample = evaluated > 0 ? spent.InferenceTime / evaluated : spent.Samples > 0 ? spent.TrainingTime / spent.Samples : TimeSpan.Zero;
            return new() { TrainingTime = lastStepTime, InferenceTime = 1.25 * sample * (task.Count(Split.Validation) + task.Count(Split.Test)) };
        }
    }

    // The first step of the attempt at once: whoever watches sees that it trains.
    private void ReportNowAndThen()
    {
        if (spent.Steps > 1 && time.GetElapsedTime(reportedAt).TotalSeconds < SecondsBetweenReports)
            return;
        Obey(observer.Progress(Progress("training")));
        reportedAt = time.GetTimestamp();
        samplesAtReport = spent.Samples;
    }

    private void Measure()
    {
        observer.Progress(Progress("evaluating"));
        var metrics = Evaluate(Split.Validation);
        reportedAt = time.GetTimestamp();
        samplesAtReport = spent.Samples;
        measuredAt = step;
        if (metrics is null)
            return;
        if (!metrics.TryGetValue(trial.Objective.Metric, out var value))
            throw new TrialFailedException($"The objective '{trial.Objective.Metric}' is not measured by the task '{trial.Task}', which measures {string.Join(", ", metrics.Keys)}.");
        if (!metrics.Values.All(double.IsFinite))
        {
            end = new Diverged(step);
            return;
        }

        var measurement = new Measurement { Step = step, Epoch = (double)step / task.StepsPerEpoch, TrainingTime = TrainingTime, Metrics = metrics };
        if (best is null || trial.Objective.IsBetter(value, best.Metrics[trial.Objective.Metric]))
        {
            best = measurement;
            model.KeepAsBest();
        }

        Obey(observer.Measured(measurement));
    }

    private ImmutableSortedDictionary<string, double>? Evaluate(Split split) => Look(told => task.Evaluate(model.Model, split, device, told));

    // Null when the money for it ran out, which ends the trial.
    private T? Look<T>(Func<Action<int>, T> look)
        where T : class => passes.Alone(() => LookAlone(look));

    private T? LookAlone<T>(Func<Action<int>, T> look)
        where T : class
    {
        var began = passes.Clock.GetTimestamp();
        var before = spent;
        using var quiet = no_grad();
        model.Model.Dropout = null;
        try
        {
            var seen = look(samples =>
            {
                evaluated += samples;
                spent = before + new Usage { InferenceTime = passes.Clock.GetElapsedTime(began) };
                GoOnEvaluating();
            });
            spent = before + new Usage { InferenceTime = passes.Clock.GetElapsedTime(began) };
            return seen;
        }
        catch (AllowanceUsedUpException)
        {
            end = new OutOfBudget(allowed.Cap);
            return null;
        }
    }

    private void GoOnEvaluating()
    {
        stop.ThrowIfCancellationRequested();
        if (!MayEvaluate || time.GetElapsedTime(reportedAt).TotalSeconds >= SecondsBetweenReports)
        {
            Obey(observer.Progress(Progress("evaluating")));
            reportedAt = time.GetTimestamp();
        }

        if (!MayEvaluate)
            throw new AllowanceUsedUpException();
    }

    // Time and tokens are caps on training; money is one on evaluation too.
    private bool MayEvaluate => (allowed with { TrainingTime = null, Tokens = null }).Covers(spent);

    private void Obey(Directive directive)
    {
        allowed = directive.Allowance ?? allowed;
        if (directive.Action == DirectiveAction.Prune)
            end ??= new Pruned(step);
        else if (directive.Action == DirectiveAction.Abandon)
            throw new OperationCanceledException("The attempt was told to stop.");
    }

    private RunResult Finish(long resumedFrom)
    {
        var metrics = ImmutableSortedDictionary<string, double>.Empty;
        if (best is not null && end is not Diverged)
        {
            model.TakeBest();
            metrics = task.Has(Split.Test) ? Evaluate(Split.Test) ?? metrics : best.Metrics;
            Insist(() =>
            {
                Directory.CreateDirectory(artifactFolder);
                model.SaveArtifacts(artifactFolder, modelFolder, task);
                LabelFile.Write(artifactFolder, task.Labels);
            });
        }

        var result = new RunResult
        {
            Outcome = end ?? new Completed(),
            Objective = best?.Metrics[trial.Objective.Metric],
            Metrics = metrics,
            Best = best,
            Usage = spent,
            Parameters = model.Parameters,
            PeakMemory = System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64,
            Artifacts = Directory.Exists(artifactFolder) ? artifactFolder : null,
            ResumedFromStep = resumedFrom,
        };
        Insist(() => FinishedResult.Write(artifactFolder, fingerprint, result));
        checkpoints.Clear();
        return result;
    }

    private long Resume()
    {
        using var checkpoint = checkpoints.LoadNewest(fingerprint);
        if (checkpoint is null)
            return 0;
        model.Restore(checkpoint);
        earlier = checkpoint.State.Spent;
        step = checkpoint.State.Step;
        lastStepTime = checkpoint.State.LastStepTime;
        measuredAt = checkpoint.State.MeasuredAt;
        best = checkpoint.State.Best;
        return step;
    }

    private void Save()
    {
        losses.ReadAll();
        if (EndIfDiverged())
            return;
        using var scope = NewDisposeScope();
        var state = new CheckpointState { Fingerprint = fingerprint, Step = step, MeasuredAt = measuredAt, Spent = earlier + spent, LastStepTime = lastStepTime, Best = best };
        checkpoints.Save(state, model.State());
        savedAt = spent.TrainingTime;
    }

    // A checkpoint that cannot be written, on a full disk, costs something only if the attempt is lost too; the next one is tried when it is due.
    private void TrySave()
    {
        if (!disk.Try(Save))
            savedAt = spent.TrainingTime;
    }

    // What was trained to its end is written down as soon as there is room for it.
    private void Insist(Action write) => disk.Insist(write, () => Obey(observer.Progress(Progress("waiting for the disk"))));

    private TrialProgress Progress(string phase)
    {
        var seconds = time.GetElapsedTime(reportedAt).TotalSeconds;
        return new()
        {
            Step = step,
            PlannedSteps = plan.Steps,
            Loss = losses.Last,
            SamplesPerSecond = seconds > 0 ? (spent.Samples - samplesAtReport) / seconds : 0,
            Phase = disk.Trouble is { } trouble ? $"{phase} ({trouble})" : phase,
            Spent = spent,
            Ahead = Ahead,
        };
    }

    private sealed class AllowanceUsedUpException : Exception;
}
