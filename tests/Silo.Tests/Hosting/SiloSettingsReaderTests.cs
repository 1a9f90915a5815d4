using System.Net;
using Nola.Grains.Placement;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;

namespace Nola.Silo.Tests.Hosting;

public class SiloSettingsReaderTests
{
    [Fact]
    public void Read_Nothing_GivesTheDefaults()
    {
        var settings = SiloSettingsReader.Read(["--devices", "none"], _ => null);

        Assert.Equal(StorageOptions.Parse("sqlite:.nola/nola.db"), settings.Storage);
        Assert.Equal((11111, 30000, 8080, SiloRole.All, "nola"), (settings.SiloPort, settings.GatewayPort, settings.HttpPort, settings.Role, settings.Cluster));
        Assert.Equal(IPAddress.Loopback, settings.Advertise);
        Assert.Empty(settings.Devices);
    }

    [Fact]
    public void Read_VariableAndOption_OptionWins()
    {
        var settings = SiloSettingsReader.Read(["--http-port=off", "--cluster", "blue"], Set(("NOLA_CLUSTER", "green"), ("NOLA_DEVICES", "cpu:3"), ("NOLA_HTTP_PORT", "1"), ("NOLA_WORKER_MEMORY", "8 GiB"), ("NOLA_WORKER_SILENCE", "90s")));

        Assert.Equal("blue", settings.Cluster);
        Assert.Null(settings.HttpPort);
        Assert.Equal(3, Assert.Single(settings.Devices).Slots);
        Assert.Equal((8L << 30, TimeSpan.FromSeconds(90)), (settings.Workers.MemoryLimit, settings.Workers.SilenceLimit));
    }

    [Theory]
    [InlineData("NOLA_STORE", "postgres", "NOLA_STORE is 'postgres': that is no storage address; write memory, sqlite:PATH or redis://HOST:PORT.")]
    [InlineData("NOLA_SILO_PORT", "70000", "NOLA_SILO_PORT is '70000': a port is a number from 1 to 65535, or 0 for a free one.")]
    [InlineData("NOLA_GATEWAY_PORT", "-1", "NOLA_GATEWAY_PORT is '-1': a port is a number from 1 to 65535, or 0 for a free one.")]
    [InlineData("NOLA_GATEWAY_PORT", "11111", "NOLA_SILO_PORT and NOLA_GATEWAY_PORT are both 11111; give each a port of its own, or 0 for a free one.")]
    [InlineData("NOLA_HTTP_PORT", "no", "NOLA_HTTP_PORT is 'no': a port is a number from 1 to 65535, 0 for a free one, or off for no HTTP at all.")]
    [InlineData("NOLA_ADVERTISE", "0.0.0.0", "NOLA_ADVERTISE is '0.0.0.0': that is no address which others can reach; write this machine's own address or name.")]
    [InlineData("NOLA_ADVERTISE", "no such host", "NOLA_ADVERTISE is 'no such host': no address is known for that name; write this machine's own address or a name that resolves.")]
    [InlineData("NOLA_DEVICES", "gpu", "NOLA_DEVICES is 'gpu': that names no devices; write auto, none, cuda, or cpu:SLOTS with 1 to 1024 slots.")]
    [InlineData("NOLA_DEVICES", "cpu:0", "NOLA_DEVICES is 'cpu:0': that names no devices; write auto, none, cuda, or cpu:SLOTS with 1 to 1024 slots.")]
    [InlineData("NOLA_WORKER_MEMORY", "8", "NOLA_WORKER_MEMORY is '8': that is no amount of memory; write it like 8 GiB, or none for no limit.")]
    [InlineData("NOLA_WORKER_SILENCE", "long", "NOLA_WORKER_SILENCE is 'long': that is no duration; write it like 90s or 10m.")]
    [InlineData("NOLA_ROLE", "boss", "NOLA_ROLE is 'boss': there is no such role; write all, control or worker.")]
    [InlineData("NOLA_ROLE", "worker", "NOLA_ROLE is 'worker', but a cluster of several silos needs a Redis store and this one is 'sqlite:.nola/nola.db'; set NOLA_STORE to redis://HOST:PORT, or leave NOLA_ROLE out.")]
    [InlineData("NOLA_CLUSTER", "a b", "NOLA_CLUSTER is 'a b': a cluster id has at most 64 letters, digits, '-', '_' and '.'; choose another one.")]
    [InlineData("NOLA_SANDBOX", "no", "NOLA_SANDBOX is 'no': write on, off or unsafe.")]
    [InlineData("NOLA_LOG", "loud", "NOLA_LOG is 'loud': there is no such log level; write debug, information, warning or error.")]
    public void Read_WrongValue_NamesVariableValueAndRemedy(string variable, string value, string message)
    {
        var wrong = Assert.Throws<SiloSettingsException>(() => SiloSettingsReader.Read([], Set(("NOLA_DEVICES", "none"), (variable, value))));

        Assert.Equal([message], wrong.Problems);
    }

    [Fact]
    public void Read_SeveralWrong_TellsAllAtOnce()
    {
        var wrong = Assert.Throws<SiloSettingsException>(() => SiloSettingsReader.Read(
            ["--colour", "red", "--role", "control", "--devices", "cpu:1", "--store"], Set(("NOLA_STORE", "redis://localhost"), ("NOLA_SILO_PORT", "x"))));

        Assert.Equal(
            [
                "There is no option '--colour'; there are --store, --artifacts, --silo-port, --gateway-port, --http-port, --advertise, --devices, --worker-memory, --worker-silence, --role, --cluster, --name, --log, --trace-content, --sandbox.",
                "The option '--store' has no value; write --store VALUE.",
                "--devices is 'cpu:1', but a silo of the role control runs no trials; leave it out, or set --role to all.",
                "NOLA_SILO_PORT is 'x': a port is a number from 1 to 65535, or 0 for a free one.",
            ],
            wrong.Problems);
    }

    private static Func<string, string?> Set(params (string Name, string Value)[] variables)
    {
        var all = new Dictionary<string, string>();
        foreach (var (name, value) in variables)
            all[name] = value;
        return name => all.GetValueOrDefault(name);
    }
}
