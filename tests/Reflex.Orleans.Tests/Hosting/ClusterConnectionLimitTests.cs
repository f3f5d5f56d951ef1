using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Reflex.Events;
using Reflex.Orleans.Hosting;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;

namespace Reflex.Orleans.Tests.Hosting;

public sealed class ClusterConnectionLimitTests
{
    private const int Most = 4;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogCollector _logs = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 4)]
    [InlineData(400, 4)]
    [InlineData(1024, 80)]
    [InlineData(OpenFileLimit.None, 268_435_407)]
    public void DefaultOf_ALimitOfOpenFiles_IsAnEighthOfWhatTheRuntimeLeaves(int openFiles, int most) =>
        Assert.Equal(most, ClusterConnectionLimit.DefaultOf(openFiles));

    [Fact]
    public async Task Connect_MoreThanThereMayBe_IsClosedWhileTheSiloGoesOnAndAClientConnectsWhenTheyAreGone()
    {
        await using var silo = await StartAsync();
        var gateway = silo.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<EndpointOptions>>().Value.GatewayPort;
        await silo.Reflex.DefineStreamAsync(new("s"), Token);
        var idle = await ConnectAsync(gateway, Most);

        for (var i = 0; i < 20; i++)
        {
            await SurplusIsClosedAsync(gateway);
        }

        await silo.Reflex.GetStream("s").AppendAsync(new NewEvent(1, "x"), Token);
        Assert.Single(Warnings(), log => log.Message.Contains("There are 4 connections to Orleans' ports", StringComparison.Ordinal));
        idle.ForEach(socket => socket.Dispose());
        using var outside = await Asking.UntilAsync(() => TryConnectAsync(silo), client => client is not null);
        await outside!.Services.GetRequiredService<IReflexClient>().GetStream("s").AppendAsync(new NewEvent(1, "y"), Token);
        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task Connect_MoreThanThereMayBe_WarnsOnceAMinute()
    {
        await using var silo = await StartAsync();
        var gateway = silo.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<EndpointOptions>>().Value.GatewayPort;
        var held = await ConnectAsync(gateway, Most);
        await SurplusIsClosedAsync(gateway);
        _time.Advance(TimeSpan.FromSeconds(59));
        await SurplusIsClosedAsync(gateway);
        Assert.Single(Warnings());

        _time.Advance(TimeSpan.FromSeconds(1));
        await SurplusIsClosedAsync(gateway);

        Assert.Equal(2, Warnings().Count());

        // Until here: what nobody holds is closed by the collector, and makes room.
        held.ForEach(socket => socket.Dispose());
    }

    private Task<TestSilo> StartAsync() => TestSilo.StartAsync(
        reflex => reflex.Services.AddSingleton(
            new ClusterConnectionLimit(Most, _time, new FakeLogger<ClusterConnectionLimit>(_logs))));

    private IEnumerable<FakeLogRecord> Warnings() => _logs.GetSnapshot().Where(log => log.Level == LogLevel.Warning);

    /// <summary>The silo accepts them in their order.</summary>
    private static async Task<List<Socket>> ConnectAsync(int port, int count)
    {
        var sockets = new List<Socket>();
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, Token);
            sockets.Add(socket);
        }

        return sockets;
    }

    private static async Task SurplusIsClosedAsync(int port)
    {
        try
        {
            using var socket = (await ConnectAsync(port, 1))[0];
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Token));
        }
        catch (SocketException)
        {
            // Closed before all of it was known here.
        }
    }

    /// <summary>Null while the silo hasn't noticed yet that the others are gone.</summary>
    private static async Task<IHost?> TryConnectAsync(TestSilo silo)
    {
        try
        {
            return await silo.ConnectAsync();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return null;
        }
    }
}
