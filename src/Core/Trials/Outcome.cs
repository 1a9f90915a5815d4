using System.Text.Json.Serialization;

namespace Nola.Core.Trials;

/// <summary>How a trial ended. Every trial ends in exactly one outcome.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Completed), "completed")]
[JsonDerivedType(typeof(Pruned), "pruned")]
[JsonDerivedType(typeof(OutOfBudget), "out-of-budget")]
[JsonDerivedType(typeof(Diverged), "diverged")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Cancelled), "cancelled")]
[GenerateSerializer]
[Alias("nola.Outcome")]
public abstract record Outcome;

/// <summary>The trial ran to its planned end.</summary>
[GenerateSerializer]
[Alias("nola.Completed")]
public sealed record Completed : Outcome;

/// <summary>The pruner stopped the trial after <paramref name="Step"/> steps.</summary>
[GenerateSerializer]
[Alias("nola.Pruned")]
public sealed record Pruned([property: Id(0)] long Step) : Outcome;

/// <summary>A cap stopped the trial; it was evaluated and its best measurement counts. <paramref name="Cap"/> says which, as in <c>perTrial.time = 2000s</c>.</summary>
[GenerateSerializer]
[Alias("nola.OutOfBudget")]
public sealed record OutOfBudget([property: Id(0)] string Cap) : Outcome;

/// <summary>The loss was not a finite number at <paramref name="Step"/>.</summary>
[GenerateSerializer]
[Alias("nola.Diverged")]
public sealed record Diverged([property: Id(0)] long Step) : Outcome;

/// <summary>The trial could not be carried out; <paramref name="Reason"/> is one sentence for the user.</summary>
[GenerateSerializer]
[Alias("nola.Failed")]
public sealed record Failed([property: Id(0)] string Reason) : Outcome;

/// <summary>The user cancelled it.</summary>
[GenerateSerializer]
[Alias("nola.Cancelled")]
public sealed record Cancelled : Outcome;
