using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nola.Data.Tests.Catalogue;

/// <summary>An HTTP server of one file that answers each request in the way the test says.</summary>
public sealed class UnreliableServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Queue<Answer> answers;
    private readonly byte[] content;
    private readonly Task serving;

    public UnreliableServer(byte[] content, params Answer[] answers)
    {
        this.content = content;
        this.answers = new(answers);
        listener.Start();
        serving = Serve();
    }

    /// <summary>One way to answer.</summary>
    /// <param name="Status">Status line; 200 becomes 206 when a range is asked for.</param>
    /// <param name="Bytes">Bytes of the body after which the connection ends; null for all.</param>
    /// <param name="IgnoresRange">Whether the file is sent from its beginning whatever is asked.</param>
    public sealed record Answer(string Status = "200 OK", int? Bytes = null, bool IgnoresRange = false);

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/sets/train.csv");

    /// <summary>The ranges asked for, in order; null where none was.</summary>
    public List<string?> Ranges { get; } = [];

    public void Dispose()
    {
        stop.Cancel();
        serving.Wait(TimeSpan.FromSeconds(5));
        listener.Stop();
        stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await using var stream = client.GetStream();
                await Reply(stream, await ReadHead(stream));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task Reply(NetworkStream stream, string head)
    {
        var range = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))?["Range: bytes=".Length..];
        Ranges.Add(range);
        var answer = answers.Dequeue();
        var start = range is null || answer.IgnoresRange ? 0 : int.Parse(range.TrimEnd('-'), CultureInfo.InvariantCulture);
        var status = answer.Status == "200 OK" && start > 0 ? "206 Partial Content" : answer.Status;
        var text = new StringBuilder($"HTTP/1.1 {status}\r\nConnection: close\r\n");
        if (start >= content.Length)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 416 Range Not Satisfiable\r\nConnection: close\r\nContent-Range: bytes */{content.Length}\r\nContent-Length: 0\r\n\r\n"));
            return;
        }

        if (start > 0)
            text.Append(CultureInfo.InvariantCulture, $"Content-Range: bytes {start}-{content.Length - 1}/{content.Length}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Content-Length: {content.Length - start}\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text.ToString()));
        await stream.WriteAsync(content.AsMemory(start, Math.Min(answer.Bytes ?? int.MaxValue, content.Length - start)));
    }

    private static async Task<string> ReadHead(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }
}
