using Nola.Data.Hub;

namespace Nola.Data.Tests.Hub;

public sealed class HubSettingsTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("nola-home-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public void FromEnvironment_NothingSet_HasTheDefaults()
    {
        var settings = Read();

        Assert.Equal(("https://huggingface.co/", Path.Combine(home, ".cache/nola/hub"), false, null), (settings.Endpoint.ToString(), settings.Cache, settings.IsOffline, settings.Token));
    }

    [Fact]
    public void FromEnvironment_TokenFile_IsReadUnlessTheVariableIsSet()
    {
        Directory.CreateDirectory(Path.Combine(home, ".cache/huggingface"));
        File.WriteAllText(Path.Combine(home, ".cache/huggingface/token"), "hf_file\n");

        Assert.Equal("hf_file", Read().Token);
        Assert.Equal("hf_variable", Read(("HF_TOKEN", "hf_variable")).Token);
    }

    [Fact]
    public void FromEnvironment_EverythingSet_IsTaken()
    {
        var settings = Read(("HF_ENDPOINT", "http://mirror:8080/hf"), ("NOLA_CACHE", home), ("HF_HUB_OFFLINE", "1"));

        Assert.Equal(("http://mirror:8080/hf/", Path.Combine(home, "hub"), true), (settings.Endpoint.ToString(), settings.Cache, settings.IsOffline));
    }

    [Fact]
    public void FromEnvironment_EndpointIsNoAddress_SaysSo() =>
        Assert.Equal("HF_ENDPOINT is 'mirror', which is no address; write one like https://huggingface.co", Assert.Throws<FormatException>(() => Read(("HF_ENDPOINT", "mirror"))).Message);

    private HubSettings Read(params (string Name, string Value)[] variables) =>
        HubSettings.FromEnvironment(name => name == "HOME" ? home : variables.FirstOrDefault(variable => variable.Name == name).Value);
}
