using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Connections;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Storage;

namespace Reflex.AspNetCore.Tests.Connections;

/// <summary>A server that may have four connections.</summary>
public sealed class ConnectionLimitTests(Cluster cluster) : IAsyncLifetime
{
    private const int Most = 4;

    private readonly FakeTimeProvider _time = new();
    private readonly List<IDisposable> _clients = [];
    private HttpServer? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await HttpServer.StartAsync(
        cluster.Client,
        addServices: services => services.AddReflexServer(options =>
        {
            options.MaxConnections = Most;
            options.TimeProvider = _time;
        }));

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Server.DisposeAsync();
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(400, 8)]
    [InlineData(1024, 320)]
    [InlineData(OpenFileLimit.None, 1_073_741_631)]
    public void DefaultOf_ALimitOfOpenFiles_LeavesTheRuntimeAndTheLogTheirs(int openFiles, int most) =>
        Assert.Equal(most, ConnectionLimit.DefaultOf(openFiles));

    [Fact]
    public async Task GetEvents_WhenStreamsHaveThreeQuarters_IsRefusedAndOtherRequestsAreServed()
    {
        var path = $"/streams/{await cluster.NewStreamAsync()}/events";
        for (var i = 0; i < 3; i++)
        {
            var answer = await Client().GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var fourth = Client();
        using var refused = await fourth.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Token);

        await refused.ProblemAsync(HttpStatusCode.ServiceUnavailable, "server-busy");
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.True(refused.Headers.ConnectionClose);
        await ServesAsync(fourth);
        _clients[0].Dispose();
        await ServesAsync(fourth, path);
    }

    [Fact]
    public async Task Connect_WhenThereAreAsManyAsMayBe_IsRefusedUntilOneIsClosed()
    {
        await FillAsync();

        var answer = await AskAsync("GET /streams HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"urn:reflex:problem:server-busy\"", answer, StringComparison.Ordinal);
        Assert.Single(Server.Logs.GetSnapshot(), log => log.Level >= LogLevel.Warning);
        _clients[0].Dispose();
        await ServesAsync(Client());
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("nonsense")]
    public async Task Connect_OverTheLimitWithAnotherProtocol_IsClosed(string begin)
    {
        await FillAsync();

        Assert.Empty(await AskAsync(begin));
    }

    [Fact]
    public async Task Connect_OverTheLimitAndSilent_IsClosedAfterASecond()
    {
        await FillAsync();

        var silent = AskAsync("");
        while (!silent.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Empty(await silent);
    }

    [Fact]
    public async Task Connect_ManyOverTheLimitThatSayNothing_HoldUpNoOther()
    {
        await FillAsync();
        for (var i = 0; i < 8; i++)
        {
            _clients.Add(await ConnectAsync());
        }

        // Only so many are waited for; this one isn't.
        Assert.Empty(await AskAsync("GET /streams HTTP/1.1\r\nHost: localhost\r\n\r\n"));

        _clients.ForEach(client => client.Dispose());
        await ServesAsync(Client());
    }

    /// <summary>Each keeps its connection.</summary>
    private async Task FillAsync()
    {
        for (var i = 0; i < Most; i++)
        {
            using var answer = await Client().GetAsync("/streams", Token);
            answer.EnsureSuccessStatusCode();
        }
    }

    private HttpClient Client()
    {
        var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = Server.Client.BaseAddress };
        _clients.Add(client);
        return client;
    }

    /// <summary>Ends when a request succeeds: the server hears of a closed connection a little later.</summary>
    private static async Task ServesAsync(HttpClient client, string path = "/streams")
    {
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Token);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Refused without an answer.
            }
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Server.Client.BaseAddress!.Host, Server.Client.BaseAddress.Port, Token);
        return socket;
    }

    /// <summary>Sends something on a new connection and answers all that comes until the server closes it.</summary>
    private async Task<string> AskAsync(string text)
    {
        using var socket = await ConnectAsync();
        var answer = new MemoryStream();
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(text), Token);
            await new NetworkStream(socket).CopyToAsync(answer, Token);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            // Closed before all was read.
        }

        return Encoding.ASCII.GetString(answer.ToArray());
    }
}
