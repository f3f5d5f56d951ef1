using System.Net;
using System.Net.Sockets;
using System.Text;
using Reflex.AspNetCore.Tests.Access;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Origins;

public sealed class ForeignHostTests(Cluster cluster)
{
    private static readonly string[] Paths = ["/streams", "/health/live", "/health/ready", "/consumers"];

    private readonly FaultyClient _client = new(cluster.Client);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("evil.example")]
    [InlineData("EVIL.example:8080")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.nip.io")]
    [InlineData("192.168.1.7")]
    [InlineData("0.0.0.0")]
    [InlineData("xn--lcalhost-hkb")]
    [InlineData("other.example.com")]
    public async Task Ask_OnLoopbackByANameOfAnybody_IsRefused(string host)
    {
        await using var server = await HttpServer.StartAsync(_client, options => options.AllowedHosts.Add("events.example.com"));

        foreach (var path in Paths)
        {
            var (status, body) = await AskAsync(server, $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            Assert.Equal(403, status);
            Assert.Contains("urn:reflex:problem:foreign-host", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Change_OnLoopbackByANameOfAnybodyThatIsThePages_IsRefused()
    {
        await using var server = await HttpServer.StartAsync(_client);
        var consumer = _client.AddConsumer("orders", "someone");

        // The page's name leads to this machine by now, so that the browser takes it for the server's own, and what it claims to be a call.
        var (status, _) = await AskAsync(
            server,
            "POST /consumers/orders/someone/stop HTTP/1.1\r\nHost: evil.example:8080\r\nOrigin: http://evil.example:8080\r\n"
            + "Sec-Fetch-Site: same-origin\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Equal(403, status);
        Assert.Empty(consumer.Calls);
    }

    [Theory]
    [InlineData("Host: localhost")]
    [InlineData("Host: LOCALHOST:99")]
    [InlineData("Host: localhost.")]
    [InlineData("Host: reflex.localhost:8080")]
    [InlineData("Host: 127.3.2.1")]
    [InlineData("Host: [::1]:8080")]
    [InlineData("Host: events.example.com")]
    [InlineData("Host: Events.Example.com:8080")]
    [InlineData("Host: shop.example.org")]
    [InlineData("Host: ")]
    public async Task Ask_OnLoopbackByANameOfThisMachineAnAllowedOneOrNone_IsAnswered(string header)
    {
        await using var server = await HttpServer.StartAsync(_client, options =>
        {
            options.AllowedHosts.Add("events.example.com");
            options.AllowedHosts.Add("*.example.org");
        });

        var (status, _) = await AskAsync(server, $"GET /streams HTTP/1.1\r\n{header}\r\nConnection: close\r\n\r\n");

        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("GET /streams HTTP/1.0\r\n\r\n", 200)]
    [InlineData("GET /streams HTTP/1.0\r\nHost: evil.example\r\n\r\n", 403)]
    [InlineData("GET http://evil.example/streams HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 403)]
    [InlineData("GET http://evil.example/streams HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400)]
    [InlineData("GET http://localhost/streams HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 400)]
    [InlineData("GET http://localhost/streams HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200)]
    [InlineData("GET /streams HTTP/1.1\r\nConnection: close\r\n\r\n", 400)]
    [InlineData("GET /streams HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 400)]
    [InlineData("GET /streams HTTP/1.1\r\nHost: evil.example, localhost\r\nConnection: close\r\n\r\n", 400)]
    [InlineData("GET /streams HTTP/1.1\r\nHost: [::1%lo]\r\nConnection: close\r\n\r\n", 400)]
    public async Task Ask_InAnOldOrBadForm_CanPassForNoOther(string request, int expected)
    {
        await using var server = await HttpServer.StartAsync(_client);

        var (status, _) = await AskAsync(server, request);

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Ask_WhereACredentialIsNeeded_MayHaveAnyName()
    {
        await using var server = await Callers.StartAsync(
            _client, access => access.WithKey("a", Callers.Key).WithPolicy("key:a", "*", "stream"));

        var (status, _) = await AskAsync(
            server, $"GET /streams HTTP/1.1\r\nHost: events.example.com\r\nreflex-api-key: {Callers.Key}\r\nConnection: close\r\n\r\n");

        Assert.Equal(200, status);
    }

    /// <summary>Sends a request as it is written.</summary>
    private static async Task<(int Status, string Body)> AskAsync(HttpServer server, string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port, Token);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), Token);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Token);
        return (int.Parse(answer.Split(' ')[1]), answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }
}
