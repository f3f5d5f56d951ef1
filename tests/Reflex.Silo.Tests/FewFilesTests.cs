using System.Net;
using System.Net.Sockets;
using System.Text;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

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

    [Fact]
    public async Task IdleConnectionsToTheGateway_MoreThanThereMayBeFiles_AreClosedAndTheSiloGoesOn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs prlimit");
        var ports = Ports.Free(4);
        await using var silo = StockSilo.LaunchBy(
            ["prlimit", "--nofile=1024:1024", "dotnet", Running.DllOf("silo")],
            Directory.CreateTempSubdirectory("reflex-silo-").FullName,
            ports,
            "--Reflex:Streams:many:Partitions=4");
        await silo.Process.PrintsAsync("Reflex listens on");
        var idle = new List<Socket>();

        for (var i = 0; i < 1000; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            idle.Add(socket);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, ports[1 + (i % 2)], Token);
            }
            catch (SocketException)
            {
                // Closed again before this was told that it is open.
            }
        }

        await silo.Process.PrintsAsync("There are 80 connections to Orleans' ports");
        Assert.Equal(await AppendAsync(silo, 4), await CountAsync(silo));
        Assert.Equal(0, await silo.Process.TerminateAsync());
        idle.ForEach(socket => socket.Dispose());
    }

    [Theory]
    [InlineData(1, 383)]
    [InlineData(1, 340)]
    [InlineData(1, 200)]
    [InlineData(2, 200, "verify", "data")]
    public async Task Start_WithFewerFilesThanTheRuntimeNeeds_IsRefusedInOneSentence(int code, int limit, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs prlimit");
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        await using var silo = Running.Start(
            "prlimit", folder, [$"--nofile={limit}:{limit}", "dotnet", Running.DllOf("silo"), .. arguments]);

        Assert.Equal(code, await silo.EndsAsync());

        Assert.Equal(silo.Printed, silo.Errors);
        Assert.Equal(
            $"Reflex can't start: this process may have {limit} files open and needs at least 384: raise the limit (ulimit -n).\n",
            silo.Errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
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
