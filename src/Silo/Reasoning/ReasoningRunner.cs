using Microsoft.Extensions.Options;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Hosting;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tasks;

namespace Nola.Silo.Reasoning;

/// <summary>Runs trials that ask a language model to reason about programs.</summary>
internal sealed class ReasoningRunner(Endpoints endpoints, SandboxHost sandbox, ILocalSiloDetails silo, IOptions<NolaGrainsOptions> options, TimeProvider time) : ITrialRunner
{
    public string Kind => RunnerKinds.Reasoning;

    public async Task<RunResult> Run(TrialAttempt attempt, ITrialReporter reporter, CancellationToken stop)
    {
        var trial = attempt.Trial;
        if (trial is not { Method: PromptingMethod method, Model: EndpointModel model })
            return new() { Outcome = new Failed($"The task '{trial.Task}' needs a method of prompting and a model with an endpoint.") };
        await reporter.Progress(new() { Phase = "loading" });
        try
        {
            var task = ReasoningTasks.Create(trial.Task, method.Style, trial.Seed);
            var problems = trial.Dataset!.Test.SelectMany(file => ProblemFile.Read(file)).ToImmutableArray();
            if (task.NeedsSandbox)
                foreach (var language in problems.Where(problem => task.Unfit(problem) is null).Select(problem => problem.Language).Distinct())
                    if (await sandbox.Fault(language) is { } fault)
                        throw new AttemptLostException($"the silo {silo.Name} cannot run the {language} programs of the task '{trial.Task}': {fault}");
            using var endpoint = endpoints.Open(model);
            var answers = new AnswerStore(Path.Combine(options.Value.ArtifactFolder, "answers"));
            using var session = new ReasoningSession(attempt, method, model, task, problems, endpoint, model is RecordedModel ? null : answers, sandbox, reporter, time);
            return await session.Run(stop);
        }
        catch (Exception fault) when (fault is ProblemException or ArgumentException)
        {
            return new() { Outcome = new Failed(fault.Message) };
        }
    }
}
