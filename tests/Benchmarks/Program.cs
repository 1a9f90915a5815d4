using System.Diagnostics;
using Nola.Benchmarks;
using Nola.Benchmarks.Engine;
using Nola.Benchmarks.Speed;
using Nola.Silo.Hosting;

// `silo` is a silo process of the recovery benchmark.
if (args is ["silo", .. var options])
    return await NolaSilo.Run(SiloSettingsReader.Read(options, _ => null), Console.Out, Console.Error);

// `server` is the server of the endpoint and reasoning benchmarks.
if (args is ["server", var milliseconds])
    return await ServerProcess.Serve(int.Parse(milliseconds, CultureInfo.InvariantCulture));

// These are one side of the training benchmark.
if (args is ["trainee-files", var files, var described])
{
    Trainee.Prepare(files, SpeedJob.Read(described));
    return 0;
}

if (args is ["trainee", var trainee, var job])
    return Trainee.Run(trainee, SpeedJob.Read(job));

var size = Array.IndexOf(args, "--trials") is >= 0 and var place && place + 1 < args.Length ? int.Parse(args[place + 1], CultureInfo.InvariantCulture) : 100_000;
ImmutableArray<IBenchmark> benchmarks =
[
    new Throughput(), new Growth(), new Start(), new Overhead(), new Recovery(), new Suggestions(), new SearchQuality(), new Halving(), new Sweeps(), new TrainingSpeed(),
    new Packing(), new Endpoint(), new ReasoningMemory(), new Scale(size),
];
var chosen = args is ["all", ..] ? benchmarks.RemoveAll(benchmark => benchmark is Scale) : [.. benchmarks.Where(benchmark => args.Length > 0 && benchmark.Name == args[0])];
if (chosen.IsEmpty)
{
    await Console.Error.WriteLineAsync("dotnet run --project tests/Benchmarks -c Release -- NAME|all [--json|--markdown]; all leaves scale out");
    foreach (var benchmark in benchmarks)
        await Console.Error.WriteLineAsync($"  {benchmark.Name,-12} {benchmark.About}");
    return 2;
}

var machine = Machine.Look();
var figures = chosen.Length == 1 ? await Here(chosen[0]) : [.. chosen.SelectMany(benchmark => Apart(benchmark))];
var measured = new Measured(machine, figures);
Console.WriteLine(args.Contains("--json") ? Tables.ToJson(measured) : args.Contains("--markdown") ? Tables.Markdown(measured) : Tables.Text(measured));
return figures.All(figure => figure.IsMet != false) ? 0 : 1;

static async Task<ImmutableArray<Figure>> Here(IBenchmark benchmark)
{
    var folder = Directory.CreateTempSubdirectory("nola-bench-").FullName;
    try
    {
        return await benchmark.Run(folder, line => Console.Error.WriteLine($"{benchmark.Name}: {line}"));
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

// In a process of its own, so that no benchmark finds what another one left behind.
static ImmutableArray<Figure> Apart(IBenchmark benchmark)
{
    using var child = Process.Start(Itself.With(benchmark.Name, "--json"))!;
    var output = child.StandardOutput.ReadToEnd();
    child.WaitForExit();
    return child.ExitCode is 0 or 1 && output.Length > 0 ? Tables.FromJson(output).Figures : throw new InvalidOperationException($"{benchmark.Name} ended with exit code {child.ExitCode}.");
}
