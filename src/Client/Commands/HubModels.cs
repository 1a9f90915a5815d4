using Nola.Client.Views;
using Nola.Data.Downloads;
using Nola.Data.Hub;

namespace Nola.Client.Commands;

/// <summary>Models of the Hugging Face hub on the command line.</summary>
internal static class HubModels
{
    /// <summary>Downloads a model unless it is here, with its progress on standard error.</summary>
    /// <param name="typed">Such as <c>hf:org/name@revision</c>.</param>
    /// <param name="terminal">Where the progress goes.</param>
    /// <param name="cancellation">Ends the download; the next one goes on from there.</param>
    /// <exception cref="UserException">It cannot be downloaded.</exception>
    public static async Task<HubModel> Bring(string typed, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return await Bring(HubReference.Is(typed) ? HubReference.Parse(typed) : throw new FormatException($"'{typed}' is no model of the Hugging Face hub; write hf:{typed}"), terminal, cancellation);
        }
        catch (Exception fault) when (fault is DownloadException or FormatException)
        {
            throw new UserException(fault.Message, fault is DownloadException { IsPassing: true } ? ExitCodes.Engine : ExitCodes.Usage);
        }
    }

    /// <summary>The hub that the environment names.</summary>
    public static ModelHub Open()
    {
        try
        {
            return new(HubSettings.FromEnvironment());
        }
        catch (FormatException fault)
        {
            throw new UserException(fault.Message, ExitCodes.Usage);
        }
    }

    /// <inheritdoc cref="Bring(string, Terminal, CancellationToken)"/>
    /// <exception cref="DownloadException">It cannot be downloaded.</exception>
    public static async Task<HubModel> Bring(HubReference reference, Terminal terminal, CancellationToken cancellation)
    {
        using var hub = Open();
        return await hub.Bring(reference, new DownloadLines(terminal), cancellation);
    }
}
