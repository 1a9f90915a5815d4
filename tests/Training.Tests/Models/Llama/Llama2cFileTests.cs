using Nola.Testing;
using Nola.Training.Models.Llama;
using Nola.Training.Safetensors;

namespace Nola.Training.Tests.Models.Llama;

public sealed class Llama2cFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-llama2c-").FullName;

    private static string Model => SharedData.Require("weights/stories260K/stories260K.bin");

    private static string Tokens => SharedData.Require("weights/stories260K/tok512.bin");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Import_CutOffModel_SaysSo()
    {
        var file = Path.Combine(folder, "short.bin");
        File.WriteAllBytes(file, File.ReadAllBytes(Model)[..5000]);

        Assert.Equal($"{file} has 5000 bytes, and its header promises 1056540.", Assert.Throws<ModelFileException>(() => Llama2cFile.Import(file, Tokens, folder)).Message);
    }

    [Fact]
    public void Import_OtherFile_SaysSo()
    {
        var file = Path.Combine(folder, "text.bin");
        File.WriteAllText(file, "Once upon a time, there was a file.");

        Assert.StartsWith($"{file} is no model of llama2.c", Assert.Throws<ModelFileException>(() => Llama2cFile.Import(file, Tokens, folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_MissingTokenizer_NamesIt() =>
        Assert.Equal("There is no file nowhere.bin.", Assert.Throws<ModelFileException>(() => Llama2cFile.Import(Model, "nowhere.bin", folder)).Message);
}
