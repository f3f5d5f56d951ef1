using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Limits;

/// <summary>Many bodies at once, over HTTP.</summary>
public sealed class ReceivingTests(Cluster cluster) : IAsyncLifetime
{
    private const string Ndjson = "application/x-ndjson";
    private const string Line = "{\"type\":1,\"foreignId\":\"a\"}\n";

    // A quarter of it is for small requests.
    private const int MaxReceiving = 400_000;
    private const int LargeBody = 250_000;

    private readonly FakeTimeProvider _time = new();
    private HttpServer? _server;
    private ReceivingBudget? _budget;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpServer Server => _server!;

    private ReceivingBudget Budget => _budget!;

    public async ValueTask InitializeAsync()
    {
        _server = await HttpServer.StartAsync(
            cluster.Client,
            addServices: services => services.AddReflexServer(options =>
            {
                options.MaxReceivingBytes = MaxReceiving;
            options.StallTimeout = TimeSpan.FromHours(1);
                options.TimeProvider = _time;
            }));
        _budget = Server.Services.GetRequiredService<ReceivingBudget>();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Assert.Empty(Server.Errors());
        Assert.Equal((0, 0, 0), (Budget.Small.Used, Budget.Large.Used, Budget.Events.Used));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_NoRoomForALargeBody_WaitsThenAnswers503WhileSmallOnesGoOn(bool saysItsLength)
    {
        var path = await PathAsync();
        using var stalled = Stalled();
        var first = PostAsync(path, stalled);
        await UntilAsync(() => Budget.Large.Used >= LargeBody);

        var second = PostAsync(path, Lines(LargeBody), chunked: !saysItsLength);
        var small = await PostAsync(path, Lines(100));

        Assert.Equal(HttpStatusCode.Created, small.StatusCode);
        await UntilAsync(() => Budget.Large.Waiting == 1);
        _time.Advance(TimeSpan.FromSeconds(5));

        var refused = await second;
        var problem = await refused.ProblemAsync(HttpStatusCode.ServiceUnavailable, "server-busy");
        Assert.Contains("no room", problem.Detail(), StringComparison.Ordinal);
        Assert.NotNull(refused.Headers.RetryAfter);
        stalled.GoOn();
        Assert.Equal(HttpStatusCode.Created, (await first).StatusCode);
    }

    [Fact]
    public async Task Post_NoRoomForTheEventsOfABody_WaitsThenAnswers503()
    {
        using var others = Budget.Open();
        await others.GrowToEventsAsync(400, Token);
        var posting = PostAsync(await PathAsync(), Lines(10_000));
        await UntilAsync(() => Budget.Events.Waiting == 1);

        _time.Advance(TimeSpan.FromSeconds(5));

        await (await posting).ProblemAsync(HttpStatusCode.ServiceUnavailable, "server-busy");
    }

    [Fact]
    public async Task Post_RoomInTime_IsAppended()
    {
        var path = await PathAsync();
        using var stalled = Stalled();
        var first = PostAsync(path, stalled);
        await UntilAsync(() => Budget.Large.Used >= LargeBody);
        var second = PostAsync(path, Lines(LargeBody));

        stalled.GoOn();

        Assert.Equal(HttpStatusCode.Created, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await second).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_BodyLargerThanAllRoom_IsAppendedWhenItIsAlone(bool saysItsLength)
    {
        var answer = await PostAsync(await PathAsync(), Lines(2 * MaxReceiving), chunked: !saysItsLength);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Post_ClientThatStallsAndGoes_LeavesItsRoom()
    {
        var path = await PathAsync();
        using (var stalled = Stalled())
        {
            var first = PostAsync(path, stalled);
            await UntilAsync(() => Budget.Large.Used >= LargeBody);
            stalled.Dispose();
            await Assert.ThrowsAnyAsync<Exception>(() => first);
        }

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(path, Lines(LargeBody))).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Content-Encoding: gzip\r\n")]
    public async Task Post_LargeBodyThatStalls_Answers408AndLeavesItsRoom(string headers)
    {
        using var client = new TcpClient();
        var server = Server.Client.BaseAddress!;
        await client.ConnectAsync(server.Host, server.Port, Token);
        var request = $"POST {await PathAsync()} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {Ndjson}\r\nContent-Length: {LargeBody}\r\n";
        await client.Client.SendAsync(Encoding.UTF8.GetBytes($"{request}{headers}\r\n"), Token);
        await client.Client.SendAsync(headers.Length > 0 ? Packed() : Encoding.UTF8.GetBytes(Line), Token);
        await UntilAsync(() => Budget.Large.Used >= LargeBody);

        while (Budget.Large.Used > 0)
        {
            _time.Advance(TimeSpan.FromMinutes(30));
            await Task.Yield();
        }

        using var answer = new StreamReader(client.GetStream());
        Assert.Equal("HTTP/1.1 408 Request Timeout", await answer.ReadLineAsync(Token));
    }

    /// <summary>The beginning of a packed body, which unpacks to a large one.</summary>
    private static byte[] Packed()
    {
        var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Optimal))
        {
            packing.Write(Bytes(LargeBody));
            packing.Flush();
            return packed.ToArray();
        }
    }

    private static byte[] Bytes(int atLeast) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Line, (atLeast + Line.Length - 1) / Line.Length)));

    private static ByteArrayContent Lines(int atLeast) => new(Bytes(atLeast));

    private static StalledContent Stalled()
    {
        var bytes = Bytes(LargeBody);
        return new StalledContent(bytes[..100], bytes[100..]);
    }

    private static async Task UntilAsync(Func<bool> isIt)
    {
        while (!isIt())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<string> PathAsync() => $"/streams/{await cluster.NewStreamAsync()}/events";

    private Task<HttpResponseMessage> PostAsync(string path, HttpContent content, bool chunked = false)
    {
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(Ndjson);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        return Server.SendAsync(request);
    }
}
