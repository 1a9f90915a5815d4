using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nola.Testing.Processes;

/// <summary>A real redis-server on a port and in a folder of its own, with an append-only file: it can be killed, frozen and started again.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly string folder;
    private Process process;

    private RedisServer(string folder, int port)
    {
        this.folder = folder;
        Port = port;
        process = Begin();
    }

    public int Port { get; }

    /// <summary>Its address as Nola's storage setting.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{Port}");

    public int ProcessId => process.Id;

    /// <summary>Starts a server and waits until it answers.</summary>
    public static async Task<RedisServer> Start()
    {
        var server = new RedisServer(Directory.CreateTempSubdirectory("nola-redis-").FullName, FreePort());
        await server.WaitUntilItAnswers();
        return server;
    }

    /// <summary>Ends it without warning.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Starts it again on the same port with what it had stored.</summary>
    public async Task StartAgain()
    {
        process.Dispose();
        process = Begin();
        await WaitUntilItAnswers();
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await Kill();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private Process Begin() => Process.Start(new ProcessStartInfo(
        "redis-server",
        ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", "", "--logfile", Path.Combine(folder, "redis.log")]))!;

    private async Task WaitUntilItAnswers()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var answer = new byte[64];
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, limit.Token);
                await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), limit.Token);
                var length = await client.GetStream().ReadAsync(answer, limit.Token);
                if (Encoding.ASCII.GetString(answer, 0, length).StartsWith("+PONG", StringComparison.Ordinal))
                    return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }
    }
}
