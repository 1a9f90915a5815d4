namespace Nola.Reasoning.Tasks;

/// <summary>The tasks that a spec may name.</summary>
public static class ReasoningTasks
{
    private static readonly ImmutableSortedDictionary<string, ImmutableArray<string>> Methods = new Dictionary<string, ImmutableArray<string>>
    {
        ["ier"] = ["cot", "direct"],
        ["der"] = ["cot"],
        ["sr"] = ["with-test", "no-test", "misleading-test"],
        ["cruxeval-output"] = ["direct", "cot"],
        ["cruxeval-input"] = ["direct", "cot"],
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Names of all tasks.</summary>
    public static IEnumerable<string> Names => Methods.Keys;

    /// <summary>Methods of a task, its default first; empty when there is no such task.</summary>
    public static ImmutableArray<string> MethodsOf(string task) => Methods.GetValueOrDefault(task, []);

    /// <summary>A task by its name.</summary>
    /// <param name="task">One of <see cref="Names"/>.</param>
    /// <param name="method">One of <see cref="MethodsOf"/>.</param>
    /// <param name="seed">Seed of what a task draws by chance, such as misleading values.</param>
    /// <exception cref="ArgumentException">There is no such task or method; the message lists those that there are.</exception>
    public static ReasoningTask Create(string task, string method, int seed = 0)
    {
        if (!Methods.TryGetValue(task, out var methods))
            throw new ArgumentException($"There is no task '{task}'; the tasks are {string.Join(", ", Names)}.", nameof(task));
        if (!methods.Contains(method))
            throw new ArgumentException($"The task '{task}' has no method '{method}'; its methods are {string.Join(", ", methods)}.", nameof(method));
        return task switch
        {
            "ier" => new ExecutionReasoning { Name = task, Method = method },
            "der" => new DependentReasoning { Name = task, Method = method },
            "sr" => new SpecificationReasoning { Name = task, Method = method, Seed = seed },
            "cruxeval-output" => new CruxEvalOutput { Name = task, Method = method },
            _ => new CruxEvalInput { Name = task, Method = method },
        };
    }
}
