using Nola.Training.Models.Llama;
using Nola.Training.Native;
using Nola.Training.Safetensors;

namespace Nola.Worker;

/// <summary>What the worker does when it is started with a command line: one piece of work, then it ends.</summary>
internal static class Tools
{
    /// <summary>Exit code 0 when it is done, 1 after one sentence on standard error.</summary>
    public static int Run(string[] arguments)
    {
        try
        {
            NativeLibraries.Load();
            switch (arguments)
            {
                case ["import-llama2c", var model, var tokenizer, var folder]:
                    Llama2cFile.Import(model, tokenizer, folder);
                    return 0;
                default:
                    Console.Error.WriteLine($"The worker has no command '{string.Join(' ', arguments)}'.");
                    return 1;
            }
        }
        catch (Exception fault) when (fault is ModelFileException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
    }
}
