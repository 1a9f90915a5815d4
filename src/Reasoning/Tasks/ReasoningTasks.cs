using Nola.Core.Experiments;

namespace Nola.Reasoning.Tasks;

/// <summary>The tasks that a spec may name.</summary>
public static class ReasoningTasks
{
    /// <summary>Names of all tasks.</summary>
    public static IEnumerable<string> Names => TaskCatalogue.All.Values.Where(task => task.Runner == RunnerKinds.Reasoning).Select(task => task.Name);

    /// <summary>Methods of a task, its default first; empty when there is no such task.</summary>
    public static ImmutableArray<string> MethodsOf(string task) => TaskCatalogue.All.GetValueOrDefault(task)?.Styles ?? [];

    /// <summary>A task by its name.</summary>
    /// <param name="task">One of <see cref="Names"/>.</param>
    /// <param name="method">One of <see cref="MethodsOf"/>.</param>
    /// <param name="seed">Seed of what a task draws by chance, such as misleading values.</param>
    /// <exception cref="ArgumentException">There is no such task or method; the message lists those that there are.</exception>
    public static ReasoningTask Create(string task, string method, int seed = 0)
    {
        if (MethodsOf(task) is not { IsEmpty: false } methods)
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
