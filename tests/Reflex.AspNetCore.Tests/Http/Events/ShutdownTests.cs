using System.Net.Sockets;
using System.Text.Json;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Events;

namespace Reflex.AspNetCore.Tests.Http.Events;

public sealed class ShutdownTests(Cluster cluster) : HttpTest(cluster)
{
    [Theory]
    [InlineData("")]
    [InlineData("?lag=10.00:00:00")]
    public async Task Stop_IdleServerSentEvents_SaysStoppedAndEnds(string query)
    {
        var stream = await Cluster.NewStreamAsync();
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events{query}");

        var stopping = Server.StopAsync();
        var last = Assert.Single(await events.ReadAllAsync());
        await stopping;

        Assert.Equal("stopped", last.Event);
        Answers.AssertProblem(last.Data!.Value, 503, "stream-stopped");
    }

    [Fact]
    public async Task Stop_IdleLines_EndsWithALineAndACutResponse()
    {
        var stream = await Cluster.NewStreamAsync();
        using var response = await Server.OpenAsync($"/streams/{stream}/events", "application/x-ndjson");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));

        var stopping = Server.StopAsync();
        var last = JsonElement.Parse((await lines.ReadLineAsync(Token))!);
        await Assert.ThrowsAnyAsync<IOException>(async () => await lines.ReadLineAsync(Token));
        await stopping;

        Answers.AssertProblem(last.GetProperty("error"), 503, "stream-stopped");
    }

    [Fact]
    public async Task Stop_ClientThatReadsNothing_DoesNotHoldItUp()
    {
        // Six megabytes of JSON, which are more than the connection takes before the client reads them.
        var stream = await Cluster.NewStreamAsync();
        var large = new NewEvent(1, "") { Metadata = Enumerable.Repeat((byte)1, (1024 * 1024) - 100).ToArray() };
        await Cluster.Client.GetStream(stream).AppendAsync(large, Token);
        using var handler = new SocketsHttpHandler { ConnectCallback = ConnectWithSmallBufferAsync };
        using var client = new HttpClient(handler);
        var address = new Uri(Server.Client.BaseAddress!, $"/streams/{stream}/events");
        using var body = await client.GetStreamAsync(address, Token);
        await body.ReadExactlyAsync(new byte["id: 1\ndata: {".Length], Token);

        await Server.StopAsync();

        // What the server says of connections that it had to cut itself, when the host's time for stopping was over.
        Assert.DoesNotContain(
            Server.Logs.GetSnapshot(), log => log.Message.Contains("failed to close gracefully", StringComparison.Ordinal));
    }

    private static async ValueTask<Stream> ConnectWithSmallBufferAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
