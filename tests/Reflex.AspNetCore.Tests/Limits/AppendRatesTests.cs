using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Tests.Access;
using Reflex.AspNetCore.Tests.Support;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Limits;

/// <summary>The rates at which a client may append.</summary>
public sealed class AppendRatesTests(Cluster cluster)
{
    private const string Other = "the-key-of-payments-6f1d0c5e";
    private const string Event = """{"type":1,"foreignId":"42"}""";

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_OverHttpFasterThanTheClientMay_IsRefusedUntilItMayAgain()
    {
        var stream = await cluster.NewStreamAsync();
        await using var server = await StartAsync(options => options.MaxAppendsPerSecond = 2);
        await AppendsAsync(server, stream, Event);
        await AppendsAsync(server, stream, Event);

        using (var refused = await PostAsync(server, stream, Event, Callers.Key))
        {
            var problem = await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "rate-exceeded");
            Assert.Equal(
                "The client has appended more than the 2 appends a second that it may: nothing of this was; try again in 1 s.",
                problem.Detail());
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        }

        // Neither another client nor reading is concerned.
        using (var other = await PostAsync(server, stream, Event, Other))
        {
            Assert.Equal(HttpStatusCode.Created, other.StatusCode);
        }

        Assert.Equal(3, await HeadAsync(stream));
        _time.Advance(TimeSpan.FromSeconds(1));
        await AppendsAsync(server, stream, Event);
        Assert.Equal(4, await HeadAsync(stream));
    }

    [Fact]
    public async Task Append_LargerThanASecondsWorth_IsTakenAndWaitedForByTheNextOne()
    {
        var stream = await cluster.NewStreamAsync();
        await using var server = await StartAsync(options => options.MaxAppendedBytesPerSecond = 1000);
        var lines = string.Join('\n', Enumerable.Repeat($$"""{"type":1,"foreignId":"{{new string('a', 1000)}}"}""", 5));
        await AppendsAsync(server, stream, lines, "application/x-ndjson");

        using var refused = await PostAsync(server, stream, Event, Callers.Key);

        var problem = await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "rate-exceeded");
        Assert.Contains("1000 bytes a second", problem.Detail(), StringComparison.Ordinal);
        var wait = refused.Headers.RetryAfter!.Delta!.Value;
        Assert.InRange(wait, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6));
        _time.Advance(wait);
        await AppendsAsync(server, stream, Event);
        Assert.Equal(6, await HeadAsync(stream));
    }

    [Fact]
    public async Task Append_OverGrpcFasterThanTheClientMay_IsRefusedWithTheTimeToWait()
    {
        await using var server = await StartGrpcAsync();
        var streams = new V1.Streams.StreamsClient(server.Invoker);
        var request = await RequestAsync();
        await streams.AppendAsync(request, cancellationToken: Token);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await streams.AppendAsync(request, cancellationToken: Token));

        var facts = GrpcErrors.AssertV1(error, StatusCode.ResourceExhausted, "RATE_EXCEEDED");
        Assert.Equal(("1", "appends", "1"), (facts["limit"], facts["unit"], facts["retryAfter"]));
        Assert.Equal(1, await HeadAsync(request.Stream));
    }

    [Fact]
    public async Task AppendMany_FasterThanTheClientMay_IsReadMoreSlowly()
    {
        await using var server = await StartGrpcAsync();
        var request = await RequestAsync();
        using var call = new V1.Streams.StreamsClient(server.Invoker).AppendMany(cancellationToken: Token);
        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(request, Token);
        }

        await call.RequestStream.CompleteAsync();
        var answer = call.ResponseAsync;
        var steps = 0;
        while (!answer.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            steps++;
            await Task.Yield();
        }

        Assert.Equal(3, (await answer).Count);
        Assert.InRange(steps, 20, int.MaxValue);
    }

    [Fact]
    public void Clients_ThatHaveUsedNothingLately_AreForgotten()
    {
        var bucket = new RateBucket(10, _time);
        Assert.True(bucket.IsFull);
        bucket.Take(25);
        Assert.Equal(TimeSpan.FromSeconds(1.6), bucket.Wait);

        _time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(bucket.IsFull);
        Assert.Equal(TimeSpan.Zero, bucket.Wait);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(bucket.IsFull);
    }

    private Task<HttpServer> StartAsync(Action<ReflexServerOptions> configure) => HttpServer.StartAsync(
        cluster.Client,
        addServices: services => Configure(services, configure)
            .AddReflexAccess(access => access
                .WithKey("orders", Callers.Key)
                .WithKey("payments", Other)
                .WithPolicy("key:orders", "*", "append", "stream")
                .WithPolicy("key:payments", "*", "append")));

    private Task<GrpcServer> StartGrpcAsync() => GrpcServer.StartAsync(
        cluster.Client, addServices: services => Configure(services, options => options.MaxAppendsPerSecond = 1));

    private IServiceCollection Configure(IServiceCollection services, Action<ReflexServerOptions> configure) =>
        services.AddReflexServer(options =>
        {
            options.TimeProvider = _time;
            configure(options);
        });

    private async Task<V1.AppendRequest> RequestAsync() =>
        new() { Stream = await cluster.NewStreamAsync(), Events = { new V1.NewEvent { Type = 1, ForeignId = "42" } } };

    private static async Task AppendsAsync(HttpServer server, string stream, string body, string type = "application/json")
    {
        using var answer = await PostAsync(server, stream, body, Callers.Key, type);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(
        HttpServer server, string stream, string body, string key, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/streams/{stream}/events")
        {
            Content = HttpServer.Body(body, type), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        };
        return await server.SendAsync(request);
    }

    private async Task<long> HeadAsync(string stream) =>
        (await cluster.Client.GetStream(stream).GetStatusAsync(Token)).Partitions.Sum(partition => partition.Head.Value);
}
