using Nola.Core.Trials;

namespace Nola.Grains.Scheduling;

/// <summary>
/// Trials that wait, by experiment. The next one comes from the experiment whose slots, divided by its priority, are fewest, so slots are shared
/// in proportion to priorities.
/// </summary>
internal sealed class FairQueue
{
    private readonly Dictionary<string, LinkedList<TrialWork>> waiting = [];
    private readonly HashSet<TrialId> queued = [];
    private readonly Dictionary<string, int> running = [];
    private readonly List<string> order = [];

    public int Count => queued.Count;

    public bool Contains(TrialId trial) => queued.Contains(trial);

    public void Add(TrialWork work, bool first = false)
    {
        if (!queued.Add(work.Spec.Id))
            return;
        if (!waiting.TryGetValue(work.Spec.Id.Experiment, out var list))
        {
            waiting[work.Spec.Id.Experiment] = list = [];
            order.Add(work.Spec.Id.Experiment);
        }

        if (first)
            list.AddFirst(work);
        else
            list.AddLast(work);
    }

    public void Started(string experiment) => running[experiment] = running.GetValueOrDefault(experiment) + 1;

    public void Ended(string experiment)
    {
        if (running.GetValueOrDefault(experiment) <= 1)
            running.Remove(experiment);
        else
            running[experiment]--;
    }

    /// <summary>Experiments that wait, the most deserving first. Ties go to the one that waited first.</summary>
    public IEnumerable<string> ByShare() => order
        .OrderBy(experiment => (running.GetValueOrDefault(experiment) + 1.0) / waiting[experiment].First!.Value.Priority)
        .ToArray();

    /// <summary>Whether an experiment may keep a slot although another one waits: it would get it back.</summary>
    public bool Keeps(string experiment, string other) =>
        (running.GetValueOrDefault(other) + 1.0) / Peek(other).Priority > (double)running.GetValueOrDefault(experiment) / Peek(experiment).Priority;

    /// <summary>The first waiting trial of an experiment.</summary>
    public TrialWork Peek(string experiment) => waiting[experiment].First!.Value;

    /// <summary>The waiting trials of an experiment that may share a slot, the first one of each study.</summary>
    public IEnumerable<TrialWork> PeekPacks(string experiment) => Peek(experiment).Needs.Pack > 1 ? waiting[experiment].DistinctBy(work => work.Spec.Id.Study) : [];

    /// <summary>Takes a trial out, if it waits.</summary>
    public void Remove(TrialId trial)
    {
        if (!queued.Remove(trial))
            return;
        var list = waiting[trial.Experiment];
        for (var node = list.First; node is not null; node = node.Next)
            if (node.Value.Spec.Id == trial)
            {
                list.Remove(node);
                break;
            }

        if (list.Count == 0)
            Drop(trial.Experiment);
    }

    public void RemoveAll(string experiment)
    {
        if (!waiting.TryGetValue(experiment, out var list))
            return;
        foreach (var work in list)
            queued.Remove(work.Spec.Id);
        Drop(experiment);
    }

    private void Drop(string experiment)
    {
        waiting.Remove(experiment);
        order.Remove(experiment);
    }
}
