using System.Net;
using System.Net.Sockets;
using System.Text;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>A silo whose process may have few files open, sockets included.</summary>
public sealed class FewFilesTests
{
    private const int Readers = 150;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, 200)]
    [InlineData(1024, 300)]
    public async Task Readers_MoreThanThereMayBeFiles_AreRefusedAndTheSiloGoesOn(int limit, int partitions)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs prlimit");
        await using var silo = await StockSilo.StartByAsync(
            ["prlimit", $"--nofile={limit}:{limit}", "dotnet", Running.DllOf("silo")], $"--Reflex:Streams:many:Partitions={partitions}");
        var acknowledged = await AppendAsync(silo, partitions);
        var readers = new List<Socket>();

        for (var i = 0; i < Readers; i++)
        {
            readers.Add(await ReadAsync(silo));
        }

        using var ready = await silo.Client.GetAsync("/health/ready", Token);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains("\"healthy\"", await ready.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        readers.ForEach(reader => reader.Dispose());
        acknowledged += await AppendAsync(silo, partitions);
        Assert.Equal(acknowledged, await CountAsync(silo));
        Assert.Equal(0, await silo.Process.TerminateAsync());
    }

    /// <summary>Over a connection that the silo had before the readers came.</summary>
    private static async Task<int> AppendAsync(StockSilo silo, int partitions)
    {
        var events = string.Join('\n', Enumerable.Range(0, partitions * 4).Select(i => $$"""{"type":1,"foreignId":"{{i}}"}"""));
        using var body = new StringContent(events, Encoding.UTF8, "application/x-ndjson");
        using var answer = await silo.Client.PostAsync("/streams/many/events", body, Token);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return partitions * 4;
    }

    /// <summary>A reader that waits at the head, or was told that it can't.</summary>
    private static async Task<Socket> ReadAsync(StockSilo silo)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var answer = new byte[64];
        try
        {
            await socket.ConnectAsync(silo.Client.BaseAddress!.Host, silo.Client.BaseAddress.Port, Token);
            await socket.SendAsync("GET /streams/many/events?fromHead=true HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Token);
            var length = await socket.ReceiveAsync(answer, Token);
            Assert.Matches("^(HTTP/1.1 (200|503) .*)?$", Encoding.ASCII.GetString(answer, 0, length).Split("\r\n")[0]);
        }
        catch (SocketException)
        {
            // Closed without an answer.
        }

        return socket;
    }

    /// <summary>Counts once the silo has noticed that the readers are gone.</summary>
    private static async Task<int> CountAsync(StockSilo silo)
    {
        while (true)
        {
            using var answer = await silo.Client.GetAsync("/streams/many/events?toHead=true", Token);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                var events = await answer.Content.ReadAsStringAsync(Token);
                return events.Split('\n').Count(line => line.StartsWith("data:", StringComparison.Ordinal));
            }
        }
    }
}
