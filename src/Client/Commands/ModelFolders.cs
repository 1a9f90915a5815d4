using Nola.Client.Specs;
using Nola.Client.Views;
using Nola.Data.Hub;
using Nola.Silo.Workers;

namespace Nola.Client.Commands;

/// <summary>Model folders on the command line, and work on them.</summary>
internal static class ModelFolders
{
    /// <summary>The full path of a folder, of a built-in model, or of one of the Hugging Face hub, which is downloaded unless it is here.</summary>
    public static async Task<string> Find(string typed, string option, Terminal terminal, CancellationToken cancellation)
    {
        if (HubReference.Is(typed))
            return (await HubModels.Bring(typed, terminal, cancellation)).Folder;
        var folder = Directory.Exists(typed) ? typed : ModelCatalogue.Find(typed, ModelCatalogue.DefaultFolders());
        return Path.GetFullPath(folder ?? throw new UserException($"{option} {typed}: there is no such folder.", ExitCodes.Usage));
    }

    /// <summary>Runs work in a worker process of its own, and turns what goes wrong into messages.</summary>
    public static async Task<T> Work<T>(int? threads, Func<ModelWorker, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var worker = await ModelWorker.Start(threads, cancellation);
            return await work(worker);
        }
        catch (ModelWorkException fault)
        {
            throw new UserException(fault.Message, ExitCodes.Usage);
        }
        catch (WorkerException fault)
        {
            throw new UserException(fault.Message, ExitCodes.Engine);
        }
    }
}
