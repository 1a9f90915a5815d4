using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Core.Reports;

/// <summary>Where a report's numbers come from: all that is needed to run the experiment again.</summary>
public sealed record Provenance
{
    /// <summary>The spec file's text as the user wrote it.</summary>
    public string Spec { get; init; } = "";

    /// <summary>Seeds of the trials.</summary>
    public ImmutableArray<int> Seeds { get; init; } = [];

    /// <summary>Seed of the sampler; null without a search.</summary>
    public int? SearchSeed { get; init; }

    /// <summary>Versions of Nola and .NET on the silo that accepted the experiment.</summary>
    public string Software { get; init; } = "";

    /// <summary>Files of the datasets, folders of models and the files that commands name, with their checksums at submission.</summary>
    public ImmutableArray<SourceFile> Sources { get; init; } = [];

    /// <summary>What trials ran on, most trials first.</summary>
    public ImmutableArray<EnvironmentUse> Environments { get; init; } = [];

    /// <summary>Of an experiment's record.</summary>
    public static Provenance Of(ExperimentSpec spec, ExperimentStatus status, IEnumerable<TrialRecord> trials) => new()
    {
        Spec = spec.SourceText,
        Seeds = spec.Seeds,
        SearchSeed = spec.Search?.Seed,
        Software = status.Software,
        Sources =
        [
            .. spec.Datasets.SelectMany(dataset => dataset.Sha256.Select(file => new SourceFile(dataset.Id, file.Key, file.Value))),
            .. spec.Models.OfType<RecordedModel>().Where(model => model.Sha256 is not null).Select(model => new SourceFile(model.Id, model.Answers, model.Sha256!)),
            .. spec.Models.OfType<LocalModel>().Where(model => model.Sha256 is not null).Select(model => new SourceFile(model.Id, model.Path, model.Sha256!)),
            .. spec.Models.OfType<PretrainedModel>().Where(model => model.Sha256 is not null).Select(model => new SourceFile(model.Id, model.Path, model.Sha256!)),
            .. spec.Methods.OfType<CommandMethod>().SelectMany(method => method.Sha256.Select(file => new SourceFile(method.Id, file.Key, file.Value))),
        ],
        Environments =
        [
            .. trials.Select(trial => trial.Result.Environment).Where(environment => environment is not null)
                .GroupBy(environment => environment!).Select(same => new EnvironmentUse(same.Key, same.Count())).OrderByDescending(use => use.Trials),
        ],
    };
}

/// <summary>A file or folder that an experiment read.</summary>
/// <param name="Id">The dataset, model or method it belongs to.</param>
/// <param name="Path">Absolute path.</param>
/// <param name="Sha256">SHA-256 in hexadecimal; of a model's folder, that of its weights, configuration and vocabulary.</param>
public sealed record SourceFile(string Id, string Path, string Sha256);

/// <summary>What trials ran on.</summary>
/// <param name="Environment">Device and versions.</param>
/// <param name="Trials">Number of trials whose last attempt ran on it.</param>
public sealed record EnvironmentUse(RunEnvironment Environment, int Trials);
