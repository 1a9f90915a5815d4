using Nola.Contracts;
using Nola.Core.Experiments;

namespace Nola.Client.Commands;

/// <summary>Experiments that have ended: nothing can be changed about them.</summary>
internal static class Ended
{
    /// <summary>Throws when the experiment has ended in another state than the one asked for.</summary>
    public static async Task Refuse(IExperimentGrain experiment, string id, ExperimentState? asked = null)
    {
        var state = (await experiment.GetStatus())!.State;
        if (state is ExperimentState.Finished or ExperimentState.Cancelled && state != asked)
            throw new UserException($"{id} {(state == ExperimentState.Finished ? "has finished" : "was cancelled")}; what it has found is shown by: nola report {id}", ExitCodes.Usage);
    }
}
