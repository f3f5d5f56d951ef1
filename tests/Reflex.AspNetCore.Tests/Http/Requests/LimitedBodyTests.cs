using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Requests;

public sealed class LimitedBodyTests(Cluster cluster) : HttpTest(cluster)
{
    private const string Mark = "\uFEFF";
    private const string Line = "{\"type\":1,\"foreignId\":\"a\"}\n";

    [Theory]
    [InlineData("application/json", Mark + Line)]
    [InlineData("application/x-ndjson", Mark + Line + Line)]
    [InlineData("application/x-ndjson", Mark + "\n" + Line)]
    public async Task Post_ByteOrderMarkAtTheStart_IsPassedOver(string type, string body)
    {
        var stream = await Cluster.NewStreamAsync();

        var answer = await Server.PostAsync($"/streams/{stream}/events", body, type);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Post_BodyThatComesByteByByte_IsRead()
    {
        var stream = await Cluster.NewStreamAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, $"/streams/{stream}/events")
        {
            Content = new StreamContent(new SlowStream(Encoding.UTF8.GetBytes(Mark + Line)), bufferSize: 1)
            {
                Headers = { ContentType = MediaTypeHeaderValue.Parse("application/json") },
            },
        };

        Assert.Equal(HttpStatusCode.Created, (await Server.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData(Line + Mark + Line)]
    [InlineData(Mark + Mark + Line)]
    public async Task Post_ByteOrderMarkElsewhere_IsMalformed(string body)
    {
        var stream = await Cluster.NewStreamAsync();

        await (await Server.PostAsync($"/streams/{stream}/events", body, "application/x-ndjson"))
            .ProblemAsync(HttpStatusCode.BadRequest, "malformed-body");
    }

    [Theory]
    [InlineData(Mark)]
    [InlineData("\uFEFF{\"partitions\":1}")]
    public async Task Put_DefinitionWithAByteOrderMark_IsRead(string body) =>
        Assert.Equal(HttpStatusCode.OK, (await Server.PutAsync($"/streams/{await Cluster.NewStreamAsync()}", body)).StatusCode);

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("Application/JSON;Charset=Utf-8")]
    [InlineData("application/json ; charset=utf-8 ; profile=\"a;b\"")]
    [InlineData("application/json; charset=us-ascii")]
    public async Task Post_LegalContentType_IsTaken(string type)
    {
        var stream = await Cluster.NewStreamAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Line));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        var answer = await Server.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/streams/{stream}/events") { Content = content });

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Theory]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=\"latin1\"")]
    [InlineData("application/jsonx")]
    [InlineData("application/json, text/plain")]
    public async Task Post_AnotherContentType_Answers415(string type)
    {
        var stream = await Cluster.NewStreamAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Line));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        var answer = await Server.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/streams/{stream}/events") { Content = content });

        await answer.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }

    [Theory]
    [InlineData("Content-Length: 1000")]
    [InlineData("Content-Length: 1000\r\nContent-Encoding: gzip")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Post_ClientThatResetsItsConnectionInTheMiddle_IsNoErrorOfTheServers(string length)
    {
        var stream = await Cluster.NewStreamAsync();
        using (var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(enable: true, seconds: 0) })
        {
            var server = Server.Client.BaseAddress!;
            await client.ConnectAsync(server.Host, server.Port, Token);
            var request = $"POST /streams/{stream}/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                + $"{length}\r\n\r\n";
            await client.SendAsync(Encoding.UTF8.GetBytes(request + (length[0] == 'T' ? "5\r\n" : "")), Token);

            // Reset earlier, it would never have been a request.
            await LoggedAsync("Request starting");
        }

        await LoggedAsync($"The client of POST /streams/{stream}/events has gone away.");
    }

    /// <summary>The server's reading hasn't ended then, so that it would fail to pass over the rest.</summary>
    [Theory]
    [InlineData("application/json", "{\"ty")]
    [InlineData("application/json", "")]
    [InlineData("application/x-ndjson", "{\"ty")]
    public async Task Post_ClientThatClosesItsConnectionInTheMiddle_IsNoErrorOfTheServers(string type, string begin)
    {
        var stream = await Cluster.NewStreamAsync();
        using (var client = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await client.ConnectAsync(Server.Client.BaseAddress!.Host, Server.Client.BaseAddress.Port, Token);
            var request = $"POST /streams/{stream}/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\n"
                + "Content-Length: 99\r\n\r\n";
            await client.SendAsync(Encoding.UTF8.GetBytes(request + begin), Token);
            await LoggedAsync("Request starting");
        }

        await LoggedAsync("Request finished");
        await Server.StopAsync();
        Assert.DoesNotContain(Server.Logs.GetSnapshot(), log => log.Level >= LogLevel.Warning);
    }

    /// <summary>Ends when the server has logged a text; nothing that it logs before may be a warning.</summary>
    private async Task LoggedAsync(string text)
    {
        await foreach (var log in Server.Logs.GetLogsAsync(Token))
        {
            Assert.True(log.Level < LogLevel.Warning, $"{log.Category}: {log.Message} {log.Exception}");
            if (log.Message.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    /// <summary>Gives a byte at a time.</summary>
    private sealed class SlowStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, 1)], cancellationToken);
        }
    }
}
