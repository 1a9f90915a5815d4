using System.Runtime.InteropServices;
using TorchSharp;

namespace Nola.Training.Native;

/// <summary>Loads libtorch and TorchSharp's own library by absolute path, so that no other libtorch of the system is picked up by name.</summary>
public static class NativeLibraries
{
    private static readonly Lock Gate = new();
    private static bool loaded;

    /// <summary>
    /// Loads the libraries once per process. They are looked for in <paramref name="folder"/>, else where the variable NOLA_LIBTORCH points,
    /// else in <c>native/</c> beside the program.
    /// </summary>
    /// <exception cref="NativeLibraryException">One sentence that says what is missing and what helps.</exception>
    public static void Load(string? folder = null)
    {
        lock (Gate)
        {
            if (loaded)
                return;
            MemoryAllocator.KeepFreedMemory();
            var from = folder ?? Environment.GetEnvironmentVariable("NOLA_LIBTORCH") ?? Path.Combine(AppContext.BaseDirectory, "native");
            if (!File.Exists(Path.Combine(from, "libtorch_cpu.so")))
                throw new NativeLibraryException($"There is no libtorch_cpu.so in {from}; build the Worker project, or point NOLA_LIBTORCH to a folder with libtorch 2.10.");
            foreach (var name in Directory.GetFiles(from, "libgomp*.so*").Select(Path.GetFileName))
                LoadOne(Path.Combine(from, name!));
            LoadOne(Path.Combine(from, "libc10.so"));
            if (File.Exists(Path.Combine(from, "libtorch_cuda.so")))
                LoadOne(Path.Combine(from, "libc10_cuda.so"));
            LoadOne(Path.Combine(from, "libtorch_cpu.so"));
            if (File.Exists(Path.Combine(from, "libtorch_cuda.so")))
                LoadOne(Path.Combine(from, "libtorch_cuda.so"));
            LoadOne(Path.Combine(from, "libtorch.so"));
            var bridge = LoadBridge(Path.Combine(from, "libLibTorchSharp.so"));
            NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == "LibTorchSharp" ? bridge : 0);
            loaded = true;
        }
    }

    private static nint LoadOne(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException)
        {
            throw new NativeLibraryException($"The native library {path} does not load: {FirstLine(fault)}", fault);
        }
    }

    private static nint LoadBridge(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException fault) when (fault.Message.Contains(SymbolVersions.MissingOnOlderSystems, StringComparison.Ordinal))
        {
            return LoadOne(SymbolVersions.PatchedCopy(path));
        }
        catch (DllNotFoundException fault)
        {
            throw new NativeLibraryException($"The native library {path} does not load: {FirstLine(fault)}", fault);
        }
    }

    private static string FirstLine(Exception fault) =>
        fault.Message.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Contains(": ", StringComparison.Ordinal)) ?? fault.Message;
}

/// <summary>The native library cannot be used on this machine; the message is one sentence with the cause and the remedy.</summary>
public sealed class NativeLibraryException : Exception
{
    public NativeLibraryException(string message)
        : base(message)
    {
    }

    public NativeLibraryException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
