using System.Buffers.Binary;
using System.Text;
using Nola.Reasoning.Problems;

namespace Nola.Reasoning.Sandbox;

/// <summary>
/// Runs Python 3 and Java programs in bubblewrap: all namespaces, no network, no capabilities, a read-only file system with nothing but /usr, a small
/// temporary folder, a seccomp filter, an empty environment, limits on time, memory, processes and output, and, as root, a user of their own.
/// </summary>
/// <remarks>
/// Python interpreters and Java virtual machines are started ahead; each runs one program and ends with it. The Java compiler stays warm in a sandbox
/// of its own, in which no program runs.
/// </remarks>
public sealed class BubblewrapSandbox : ISandbox, IAsyncDisposable
{
    private const string PythonKind = "python", JavaKind = "java", CompilerKind = "compiler";
    private const int CompilerOutput = 8 << 20;
    private static readonly TimeSpan CompileTime = TimeSpan.FromSeconds(60);

    private readonly SandboxOptions options;
    private readonly SemaphoreSlim running;
    private readonly SemaphoreSlim compiling;
    private readonly SemaphoreSlim starting = new(1, 1);
    private Keeper? keeper;
    private string? pythonFault;
    private string? javaFault;

    private BubblewrapSandbox(SandboxOptions options)
    {
        this.options = options;
        running = new(options.Parallelism);
        compiling = new(Math.Max(1, options.Parallelism / 2));
    }

    /// <summary>Whether memory and processes are bounded by cgroups; where not, they are bounded for each process alone.</summary>
    public bool HasCgroups => keeper?.Cgroups.IsEmpty == false;

    /// <summary>The keeper's process, for tests.</summary>
    internal int? KeeperId => keeper?.ProcessId;

    /// <summary>
    /// Starts a sandbox and tests it. Where it does not work, every program gets <see cref="Verdict.SandboxUnavailable"/>, and <see cref="Fault"/>
    /// tells why and what to install.
    /// </summary>
    public static async Task<BubblewrapSandbox> Start(SandboxOptions? options = null, CancellationToken stop = default)
    {
        var sandbox = new BubblewrapSandbox(options ?? new());
        try
        {
            await sandbox.Begin(stop);
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether there is a JDK; without one the sandbox is made for Python alone.</summary>
    public bool HasJdk => SandboxPrograms.JavaHome(options) is not null;

    /// <summary>Why programs of a language cannot be run; null when they can.</summary>
    public string? Fault(ProgramLanguage language) => language == ProgramLanguage.Python ? pythonFault : pythonFault ?? javaFault;

    public async Task<ProgramRun> Run(SandboxProgram program, CancellationToken stop)
    {
        await running.WaitAsync(stop);
        try
        {
            if (keeper is { IsGone: true })
                await Begin(stop);
            if (Fault(program.Language) is { } fault)
                return ProgramRun.Unavailable(fault);
            return program.Language == ProgramLanguage.Python ? await RunPython(program, stop) : await RunJava(program, stop);
        }
        catch (SandboxException fault)
        {
            return ProgramRun.Unavailable("the sandbox is unavailable: " + fault.Message);
        }
        finally
        {
            running.Release();
        }
    }

    /// <summary>Features of a Java source, by the JDK's own parser, as <c>name value</c> lines; null when it cannot be parsed or there is no JDK.</summary>
    internal Task<string?> JavaFeatures(string source, CancellationToken stop) => AskCompiler('a', source, stop);

    /// <summary>A Java source that counts the iterations of its loops and prints them to standard error at its end; null as above.</summary>
    internal Task<string?> JavaWithCounters(string source, CancellationToken stop) => AskCompiler('i', source, stop);

    private async Task<string?> AskCompiler(char what, string source, CancellationToken stop)
    {
        if (Fault(ProgramLanguage.Java) is not null)
            return null;
        try
        {
            return (await Compile(what, source, stop)).Output is [1, .. var text] ? Encoding.UTF8.GetString(text) : null;
        }
        catch (SandboxException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (keeper is not null)
            await keeper.DisposeAsync();
        running.Dispose();
        compiling.Dispose();
        starting.Dispose();
    }

    private async Task Begin(CancellationToken stop)
    {
        await starting.WaitAsync(stop);
        try
        {
            if (keeper is { IsGone: false })
                return;
            if (keeper is not null)
                await keeper.DisposeAsync();
            (keeper, pythonFault, javaFault) = (null, null, null);
            if (SandboxPrograms.Missing(options) is { } missing)
            {
                pythonFault = "the sandbox is unavailable: " + missing;
                return;
            }

            keeper = await Keeper.Start(options.Python, options.Unsafe ? null : SandboxPrograms.Bubblewrap(options), options.FirstUser, stop);
            await keeper.AddKind(PythonKind, Kinds.Python(options));
            pythonFault = await SandboxSelfTest.Fault(program => RunPython(program, stop), options.Unsafe);
            javaFault = pythonFault ?? await PrepareJava(stop);
        }
        catch (SandboxException fault)
        {
            pythonFault = "the sandbox is unavailable: " + fault.Message;
        }
        finally
        {
            starting.Release();
        }
    }

    // The compiler compiles what runs classes in the sandbox.
    private async Task<string?> PrepareJava(CancellationToken stop)
    {
        if (SandboxPrograms.JavaHome(options) is not { } home)
            return "the sandbox cannot run Java: there is no JDK in /usr; install openjdk-17-jdk-headless";
        await keeper!.AddKind(CompilerKind, Kinds.Compiler(options, home));
        var answer = await Compile('c', Keeper.Resource("Boot.java"), stop);
        if (CompiledClass(answer.Output) is not { } boot)
        {
            var said = $"{Text(answer.Error)} {Text(answer.Output)}".Trim();
            return $"the sandbox cannot run Java: {(said.Length > 0 ? said : answer.Ready ? "its compiler was not done within a minute" : "its compiler was not ready within a minute")}";
        }

        await keeper.AddKind(JavaKind, Kinds.Java(options, home, boot));
        return null;
    }

    private async Task<ProgramRun> RunPython(SandboxProgram program, CancellationToken stop)
    {
        var code = Encoding.UTF8.GetBytes(program.Code);
        var answer = await keeper!.Run(PythonKind, [.. Framed(code), .. Encoding.UTF8.GetBytes(program.Input)], program.Time, program.OutputLimit, stop);
        return ProgramVerdict.Of(answer, ProgramLanguage.Python);
    }

    private async Task<ProgramRun> RunJava(SandboxProgram program, CancellationToken stop)
    {
        var compiled = await Compile('c', program.Code, stop);
        if (!compiled.Ready)
            return ProgramVerdict.Of(compiled, ProgramLanguage.Java);
        if (compiled.Output is not [1, .. var classes])
            return new(compiled.Killed == "time" ? Verdict.TimedOut : Verdict.Failed, "", compiled.Output is [0, .. var messages] ? Text(messages) : "the compiler gave up", null, TimeSpan.FromSeconds(compiled.Seconds));
        var answer = await keeper!.Run(JavaKind, [.. classes, .. Encoding.UTF8.GetBytes(program.Input)], program.Time, program.OutputLimit, stop);
        return ProgramVerdict.Of(answer, ProgramLanguage.Java);
    }

    private async Task<KeeperAnswer> Compile(char what, string source, CancellationToken stop)
    {
        await compiling.WaitAsync(stop);
        try
        {
            return await keeper!.Run(CompilerKind, Framed([(byte)what, .. Encoding.UTF8.GetBytes(source)]), CompileTime, CompilerOutput, stop);
        }
        finally
        {
            compiling.Release();
        }
    }

    private static byte[] Framed(byte[] content)
    {
        var frame = new byte[content.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(frame, content.Length);
        content.CopyTo(frame, 4);
        return frame;
    }

    // Success, name of the entry, number of classes (1), name, length, class.
    private static byte[]? CompiledClass(byte[] answer)
    {
        if (answer is not [1, ..])
            return null;
        var at = 1;
        at += 2 + BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(at)) + 4;
        at += 2 + BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(at));
        return answer.AsSpan(at + 4, BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(at))).ToArray();
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).Trim('\0').Trim();
}
