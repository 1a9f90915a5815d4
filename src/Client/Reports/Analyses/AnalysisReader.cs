using System.Security.Cryptography;
using Nola.Client.Commands;
using Nola.Client.Hosting;
using Nola.Client.Studies;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Reports;
using Nola.Core.Trials;
using Nola.Reasoning.Analyses;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tasks;
using Nola.Silo.Hosting;

namespace Nola.Client.Reports.Analyses;

/// <summary>Reads what the analyses need: the items of an experiment's trials, their problems, and what the programs are like.</summary>
internal static class AnalysisReader
{
    private const string FeaturesFile = "features.jsonl";

    /// <summary>The studies that have items; what is missing is noted.</summary>
    public static async Task<ImmutableArray<AnalysedStudy>> Read(IExperimentGrain experiment, Terminal terminal, CancellationToken stop)
    {
        var spec = (await experiment.GetSpec())!;
        var id = (await experiment.GetStatus())!.Id;
        if (!ReasoningTasks.Names.Contains(spec.Task))
            throw new UserException($"--analyses is for experiments that ask about programs ({string.Join(", ", ReasoningTasks.Names)}); the task of {id} is {spec.Task}.", ExitCodes.Usage);
        var problems = spec.Datasets.ToDictionary(dataset => dataset.Id, dataset => Problems(dataset, terminal), StringComparer.Ordinal);
        var studies = new List<AnalysedStudy>();
        string? folder = null;
        foreach (var study in Matrix.Expand(spec, id))
        {
            var trials = ReportBuilder.BestSet(spec.Objective, spec.Constraints, await StudyReader.AllTrials(experiment, study.Index)).Where(trial => trial.Result.Artifacts is not null).ToArray();
            folder ??= trials.Select(trial => Path.GetDirectoryName(Path.GetDirectoryName(trial.Result.Artifacts!))).FirstOrDefault();
            if (trials.Length == 0)
                terminal.Note($"{study.Name} has no finished trial.");
            else if (Items(trials, problems[study.Dataset!.Id], terminal) is { IsEmpty: false } items)
                studies.Add(new()
                {
                    Experiment = id, Index = study.Index, Task = spec.Task, Model = study.Model.Id, Dataset = study.Dataset.Id, Method = study.Method.Id, Budget = study.Budget.ToShortText(), Items = items,
                });
        }

        return folder is null ? [.. studies] : await WithFeatures(studies, Path.Combine(folder, FeaturesFile), terminal, stop);
    }

    private static Dictionary<(string Dataset, string Id), Problem> Problems(DatasetSpec dataset, Terminal terminal)
    {
        var problems = new Dictionary<(string, string), Problem>();
        foreach (var file in dataset.Test)
        {
            try
            {
                foreach (var problem in ProblemFile.Read(file))
                    problems.TryAdd((problem.Dataset, problem.Id), problem);
            }
            catch (ProblemException fault)
            {
                throw new UserException($"The problems of {dataset.Id} cannot be read: {fault.Message}", ExitCodes.Engine);
            }

            using var stream = File.OpenRead(file);
            if (dataset.Sha256.TryGetValue(file, out var sum) && !sum.Equals(Convert.ToHexStringLower(SHA256.HashData(stream)), StringComparison.OrdinalIgnoreCase))
                terminal.Note($"{file} is not what it was when the experiment was submitted; the analyses are of what it holds now.");
        }

        return problems;
    }

    private static ImmutableArray<AnalysedItem> Items(IEnumerable<TrialRecord> trials, Dictionary<(string Dataset, string Id), Problem> problems, Terminal terminal)
    {
        var items = ImmutableArray.CreateBuilder<AnalysedItem>();
        foreach (var trial in trials)
        {
            var gone = 0;
            try
            {
                foreach (var (dataset, item) in ItemsFile.Read(trial.Result.Artifacts!))
                    if (problems.TryGetValue((dataset, item.Id), out var problem))
                        items.Add(new(problem, item.Judgement, null) { Sample = item.Sample, Seed = trial.Seed });
                    else
                        gone++;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                terminal.Note($"The answers of trial {trial.Id} cannot be read on this machine: {fault.Message}");
            }

            if (gone > 0)
                terminal.Note($"Trial {trial.Id} has {Words.Count(gone, "answer")} to problems that the dataset no longer holds.");
        }

        return items.ToImmutable();
    }

    private static async Task<ImmutableArray<AnalysedStudy>> WithFeatures(List<AnalysedStudy> studies, string file, Terminal terminal, CancellationToken stop)
    {
        var store = new FeatureStore(file);
        var missing = store.Missing(studies.SelectMany(study => study.Items).Select(item => item.Problem));
        if (!missing.IsEmpty && SandboxSetting.Read() == SandboxUse.Off)
        {
            terminal.Note($"Complexity, constructs and loops of {Words.Count(missing.Length, "program")} are left out: {SandboxUses.Variable} is 'off'.");
        }
        else if (!missing.IsEmpty)
        {
            await using var sandbox = await SandboxSetting.Start(null, terminal.Note, stop);
            foreach (var group in missing.GroupBy(problem => problem.Language))
                if (sandbox.Fault(group.Key) is { } fault)
                    terminal.Note($"Complexity, constructs and loops of {Words.Count(group.Count(), "program")} in {group.Key} are left out: {fault}. See docs/sandbox.md");
            ImmutableArray<Problem> fit = [.. missing.Where(problem => sandbox.Fault(problem.Language) is null)];
            using var progress = new ProgressLine(terminal, "parsed and run", fit.Length);
            await store.Add(fit, sandbox, progress, stop);
        }

        return [.. studies.Select(study => study with { Items = [.. study.Items.Select(item => item with { Features = store.Find(item.Problem) })] })];
    }
}
