using System.Diagnostics;
using Nola.Worker;
using StreamJsonRpc;

if (args.Length > 0)
    return Tools.Run(args);

// Standard output carries the conversation with the silo; whatever else writes to it, native code included, goes to standard error.
using var input = Console.OpenStandardInput();
using var output = StandardOutput.Reserve();

var service = new WorkerService();
using var conversation = new JsonRpc(new HeaderDelimitedMessageHandler(output, input, new SystemTextJsonFormatter()));
service.ListenOn(conversation);
try
{
    await conversation.Completion;
}
catch (Exception fault) when (fault is IOException or ConnectionLostException or BadRpcHeaderException)
{
    // The silo is gone.
}

// Nobody is left to report to, and a new attempt may begin elsewhere: leave at once, without waiting for the training thread.
Process.GetCurrentProcess().Kill();
return 0;
