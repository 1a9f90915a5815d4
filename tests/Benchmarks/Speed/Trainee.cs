using System.Diagnostics;
using System.Text.Json;
using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Testing;
using Nola.Training.Loop;
using Nola.Training.Models;
using Nola.Training.Models.Bert;
using Nola.Training.Native;
using Nola.Training.Safetensors;
using Nola.Training.Tasks;
using Nola.Training.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Nola.Benchmarks.Speed;

/// <summary>Our side of the benchmark <c>training</c>, a process that answers the same commands as peer.py beside this file.</summary>
internal static class Trainee
{
    /// <summary>Writes the model and the texts of a job: random weights, and words that are one token each.</summary>
    public static void Prepare(string folder, SpeedJob job)
    {
        Load();
        Directory.CreateDirectory(folder);
        var shape = new BertConfiguration
        {
            VocabularySize = job.Vocabulary, HiddenSize = job.Hidden, Layers = job.Layers, Heads = job.Heads, IntermediateSize = job.Inner, MaxPositions = 512,
        };
        shape.Write(folder, null, []);
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(5, job.Vocabulary - 5).Select(Word)]);
        using (var weights = Weights.Create(shape.BaseWeights(), shape.InitializerRange))
            SafetensorsFile.Save(Path.Combine(folder, "model.safetensors"), weights.All);
        var random = new Random(0);
        Write("train", job.TrainLengths);
        Write("test", job.TestLengths);

        void Write(string split, ImmutableArray<int> lengths) => File.WriteAllLines(
            Path.Combine(folder, split + ".csv"),
            lengths.Select((length, row) => $"{string.Join(' ', Enumerable.Range(0, length - 2).Select(_ => Word(random.Next(5, job.Vocabulary))))},{(row % 2 == 0 ? "a" : "b")}").Prepend("text,label"));

        static string Word(int id) => string.Create(CultureInfo.InvariantCulture, $"w{id}");
    }

    /// <summary>Answers commands until it is told to end.</summary>
    public static int Run(string folder, SpeedJob job)
    {
        Load();
        set_num_threads(job.Threads);
        manual_seed(0);
        var trial = TrialOf(folder, job);
        var task = TrainingTasks.Create(trial, Tokenizer.Load(folder));
        using var cache = new ModelCache();
        using var model = new TrainedModel(trial, folder, task, CPU, cache);
        long step = 0;
        while (Console.ReadLine()?.Split(' ') is { } words && words[0] != "end")
        {
            if (words[0] == "peak")
            {
                Console.WriteLine(JsonSerializer.Serialize(new { megabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0 }));
                continue;
            }

            var (taken, worked) = (new List<double>(), new List<double>());
            for (var count = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 1; count > 0; count--)
            {
                var (began, fresh) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                if (words[0] == "train")
                    Step(model, task, trial, step++);
                else
                    Evaluate(model, task);
                taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                worked.Add((Environment.CpuUsage.TotalTime - fresh).TotalMilliseconds);
            }

            Console.WriteLine(JsonSerializer.Serialize(new { wall = taken, cpu = worked }));
        }

        var versions = $"libtorch {torch.__version__}, {(job.Precision == "bf16" && Nola.Training.Native.BFloat16.IsNativeOn(CPU) ? "bf16" : "fp32")}";
        Console.WriteLine(JsonSerializer.Serialize(new { versions }));
        return 0;
    }

    // As TrainingSession does it.
    private static void Step(TrainedModel model, ITrainingTask task, TrialSpec trial, long step)
    {
        using var scope = NewDisposeScope();
        model.Model.Dropout = new(trial.Seed, step);
        var loss = task.Loss(model.Model, task.TrainingBatch(step));
        loss.backward();
        loss.item<float>();
        model.Optimizer.Step(trial.Training.LearningRate, trial.Training.ClipNorm);
        model.Optimizer.ClearGradients();
    }

    private static void Evaluate(TrainedModel model, ITrainingTask task)
    {
        using var quiet = no_grad();
        model.Model.Dropout = null;
        task.Evaluate(model.Model, Split.Test, CPU, _ => { });
    }

    private static void Load() => NativeLibraries.Load(Path.Combine(SharedData.RepositoryRoot, "src", "Worker", "bin", "Release", "net10.0", "native"));

    private static TrialSpec TrialOf(string folder, SpeedJob job) => new()
    {
        Id = new("speed", 0, 0),
        Task = "sequence-classification",
        Model = new PretrainedModel { Id = "speed", Path = folder },
        Dataset = new()
        {
            Id = "speed", Train = [Path.Combine(folder, "train.csv")], Validation = [Path.Combine(folder, "test.csv")], Test = [Path.Combine(folder, "test.csv")],
        },
        Method = job.Method == "lora" ? new LoraMethod { Id = "lora" } : new FullMethod { Id = "full" },
        Training = new() { BatchSize = job.Batch, MaxLength = 128, Precision = job.Precision == "bf16" ? Precision.BFloat16 : Precision.Float32 },
        Seed = 0,
        Budget = TrialBudget.None,
        Objective = new("macro-f1", Direction.Maximize),
    };
}
