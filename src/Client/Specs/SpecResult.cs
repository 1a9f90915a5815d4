using Nola.Core.Experiments;

namespace Nola.Client.Specs;

/// <summary>What a spec file says: an experiment, or why it is none.</summary>
/// <param name="Spec">The experiment with every default filled in; null when there are problems.</param>
/// <param name="Problems">Everything that is wrong, in the order of the file; empty when the spec is right.</param>
public sealed record SpecResult(ExperimentSpec? Spec, ImmutableArray<SpecProblem> Problems);
