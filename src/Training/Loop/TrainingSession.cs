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
    private readonly CheckpointStore checkpoints = new(Path.Combine(artifactFolder, "checkpoints"));
    private readonly PatientDisk disk = new(stop);
    private readonly string fingerprint = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(trial)));
    private readonly TrainingPlan plan = TrainingPlan.For(trial, task.Samples, task.StepsPerEpoch);
    private readonly Spending spending = new(trial.Budget.Time, allowance, task.Count(Split.Validation) + task.Count(Split.Test));
    private readonly Pace pace = new(time);
    private readonly StepLosses losses = new(isLate: device.type != TorchSharp.DeviceType.CPU);

    private long step;
    private long measuredAt;
    private Measurement? best;
    private Outcome? end;
    private TimeSpan savedAt; // in training time of this attempt

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
            Report("stopped");
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
        pace.Restart(0);
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
                spending.Step(passes.Clock.GetElapsedTime(began), batch.Samples, batch.Tokens);
            }

            if (EndIfDiverged())
                return;
            ReportNowAndThen("training", atOnce: spending.Spent.Steps == 1); // whoever watches sees that it trains
            if (end is null && IsTimeToMeasure)
                Measure();
            if (spending.Spent.TrainingTime - savedAt >= settings.CheckpointEvery)
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

    // A step that would pass a cap is not begun.
    private string? CapReached()
    {
        if (spending.TimeCapReached is { } cap)
            return cap;
        if (spending.MayStep)
            return null;
        Obey(Report("training")); // a larger allowance may come back
        return spending.MayStep ? null : spending.Allowance.Cap;
    }

    private void ReportNowAndThen(string phase, bool atOnce)
    {
        if (!atOnce && !pace.IsReportDue)
            return;
        Obey(Report(phase));
        pace.Restart(spending.Spent.Samples);
    }

    private void Measure()
    {
        Report("evaluating");
        var metrics = Evaluate(Split.Validation);
        pace.Restart(spending.Spent.Samples);
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

        var measurement = new Measurement { Step = step, Epoch = (double)step / task.StepsPerEpoch, TrainingTime = spending.TrainingTime, Metrics = metrics };
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
        var counted = passes.Clock.GetTimestamp();
        using var quiet = no_grad();
        model.Model.Dropout = null;
        try
        {
            var seen = look(samples =>
            {
                Count(samples);
                GoOnEvaluating();
            });
            Count(0);
            return seen;
        }
        catch (AllowanceUsedUpException)
        {
            end = new OutOfBudget(spending.Allowance.Cap);
            return null;
        }

        void Count(int samples)
        {
            var now = passes.Clock.GetTimestamp();
            spending.Evaluate(passes.Clock.GetElapsedTime(counted, now), samples);
            counted = now;
        }
    }

    private void GoOnEvaluating()
    {
        stop.ThrowIfCancellationRequested();
        ReportNowAndThen("evaluating", atOnce: !spending.MayEvaluate); // a larger allowance may come back
        if (!spending.MayEvaluate)
            throw new AllowanceUsedUpException();
    }

    private void Obey(Directive directive)
    {
        spending.Allowance = directive.Allowance ?? spending.Allowance;
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
            Usage = spending.Spent,
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
        spending.GoOnFrom(checkpoint.State);
        step = checkpoint.State.Step;
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
        var state = new CheckpointState { Fingerprint = fingerprint, Step = step, MeasuredAt = measuredAt, Spent = spending.Total, LastStepTime = spending.LastStepTime, Best = best };
        checkpoints.Save(state, model.State());
        savedAt = spending.Spent.TrainingTime;
    }

    // A checkpoint that cannot be written, on a full disk, costs something only if the attempt is lost too; the next one is tried when it is due.
    private void TrySave()
    {
        if (!disk.Try(Save))
            savedAt = spending.Spent.TrainingTime;
    }

    // What was trained to its end is written down as soon as there is room for it.
    private void Insist(Action write) => disk.Insist(write, () => Obey(Report("waiting for the disk")));

    private Directive Report(string phase) => observer.Progress(new()
    {
        Step = step,
        PlannedSteps = plan.Steps,
        Loss = losses.Last,
        SamplesPerSecond = pace.SamplesPerSecond(spending.Spent.Samples),
        Phase = disk.Trouble is { } trouble ? $"{phase} ({trouble})" : phase,
        Spent = spending.Spent,
        Ahead = spending.Ahead,
    });

    private sealed class AllowanceUsedUpException : Exception;
}
