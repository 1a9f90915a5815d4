using Nola.Core.Experiments;
using Nola.Testing;
using Nola.Training.Generation;
using Nola.Training.Models;
using Nola.Training.Models.Llama;
using Nola.Training.Tests.Models;
using Nola.Training.Tokenizers;

namespace Nola.Training.Tests.Generation;

/// <summary>The real model stories260K of llama2.c, imported.</summary>
public sealed class TextGeneratorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-stories-").FullName;
    private readonly int threads = TorchSharp.torch.get_num_threads();
    private readonly GoldenModel model;
    private readonly TextGenerator generator;

    public TextGeneratorTests()
    {
        Llama2cFile.Import(SharedData.Require("weights/stories260K/stories260K.bin"), SharedData.Require("weights/stories260K/tok512.bin"), folder);
        model = GoldenModel.Load(folder, new FullMethod { Id = "full" }, Head.CausalLanguage, 0);
        TorchSharp.torch.set_num_threads(1); // more cost more than they give on a model this small
        generator = new(model.Model, Tokenizer.Load(folder));
    }

    public void Dispose()
    {
        TorchSharp.torch.set_num_threads(threads);
        model?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // The file ends where the 200th token would be written: llama2.c counts the beginning as a step.
    [Fact]
    public void Generate_Greedily_GivesTheVeryBytesOfLlama2c() => Assert.Equal(
        File.ReadAllText(SharedData.Require("weights/stories260K/expected_greedy_200.txt")),
        generator.Generate("", new() { MaxTokens = 200 }));

    [Fact]
    public void Generate_SameSeed_GivesTheSameText()
    {
        var settings = new GenerationSettings { MaxTokens = 40, Temperature = 1, TopP = 0.9, Seed = 3 };

        Assert.Equal(generator.Generate("Once", settings), generator.Generate("Once", settings));
        Assert.NotEqual(generator.Generate("Once", settings), generator.Generate("Once", settings with { Seed = 4 }));
    }

    [Fact]
    public void Generate_SmallTopP_IsGreedy()
    {
        var greedy = new GenerationSettings { MaxTokens = 30 };

        Assert.Equal(generator.Generate("Lily", greedy), generator.Generate("Lily", greedy with { Temperature = 1, TopP = 1e-6 }));
    }

    [Fact]
    public void Generate_StopText_EndsBeforeIt()
    {
        var text = generator.Generate("", new() { MaxTokens = 200, Stop = ["big, red", "One day"] });

        Assert.Equal("Once upon a time, there was a little girl named Lily. She loved to play outside in the park. ", text);
    }

    [Fact]
    public void Continue_LongerThanTheModel_EndsAtItsLastPosition()
    {
        var begin = Enumerable.Repeat(300, 500).ToArray();

        Assert.InRange(generator.Continue(begin, new() { MaxTokens = 1000 }).Count(), 1, 12);
    }
}
