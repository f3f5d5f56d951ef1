using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Events;
using Reflex.Streams;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Limits;

/// <summary>Clients that open a stream and read nothing of it.</summary>
public sealed class SlowReaderTests(Cluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "text/event-stream")]
    [InlineData(false, "application/x-ndjson")]
    [InlineData(true, "")]
    public async Task Stream_OthersNeedTheRoomOfAClientThatReadsNothing_IsCutAndTheyGoOn(bool isGrpc, string accept)
    {
        var time = new FakeTimeProvider();
        await using var server = await GrpcServer.StartAsync(cluster.Client, addServices: services => services.AddReflexServer(options =>
        {
            // Two streams that begin have room, one that reads nothing of large events leaves none.
            options.MaxReadingBytes = 2 * 6 * 64 * 1024;
            options.TimeProvider = time;
        }));
        var budget = server.Services.GetRequiredService<ReadingBudget>();
        var stream = await cluster.NewStreamAsync();
        for (var i = 0; i < 40; i++)
        {
            await cluster.Client.GetStream(stream).AppendAsync(new NewEvent(i + 1, "") { Metadata = new byte[120_000] }, Token);
        }

        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var slow = isGrpc
            ? null
            : await OpenAsync(client, new Uri(server.Address, $"/streams/{stream}/events"), accept);
        using var slowCall = isGrpc
            ? new V1.Streams.StreamsClient(server.Invoker).Stream(new V1.StreamRequest { Stream = stream }, cancellationToken: Token)
            : null;
        await UntilAsync(() => budget.Blocked == 1);

        var reading = ReadAllAsync(server, stream);
        await UntilAsync(() => budget.Waiting == 1);
        time.Advance(TimeSpan.FromSeconds(1.5));

        Assert.Equal(40, await reading);
        await server.LoggedAsync("was cut: its client has taken nothing for");
    }

    private static async Task<HttpResponseMessage> OpenAsync(HttpClient client, Uri address, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("Accept", accept);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return response.EnsureSuccessStatusCode();
    }

    private static async Task<int> ReadAllAsync(GrpcServer server, string stream)
    {
        using var channel = global::Grpc.Net.Client.GrpcChannel.ForAddress(server.Address);
        using var reflex = new Reflex.Grpc.ReflexGrpcClient(channel);
        var count = 0;
        await Assert.ThrowsAsync<HeadReachedException>(async () =>
        {
            await foreach (var e in reflex.GetStream(stream).StreamAsync("", new StreamOptions { ToHead = true }, Token))
            {
                count++;
            }
        });
        return count;
    }

    private static async Task UntilAsync(Func<bool> isIt)
    {
        while (!isIt())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
