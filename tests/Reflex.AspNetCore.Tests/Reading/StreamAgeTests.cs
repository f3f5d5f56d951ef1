using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Events;
using Reflex.Grpc.Errors;

namespace Reflex.AspNetCore.Tests.Reading;

/// <summary>Streams that may last for a second only.</summary>
public sealed class StreamAgeTests(Cluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ServerSentEvents_ThatLastTooLong_SayStoppedAndGoOnFromTheLastCursor()
    {
        var stream = await NewStreamAsync(2);
        await using var server = await HttpServer.StartAsync(cluster.Client, addServices: Limit);
        using var events = await SseReader.OpenAsync(server, $"/streams/{stream}/events");

        var blocks = (await events.ReadAllAsync()).Where(block => block.Data is not null).ToList();

        Assert.Equal(3, blocks.Count);
        Assert.Equal("stopped", blocks[2].Event);
        Answers.AssertProblem(blocks[2].Data!.Value, 503, "stream-stopped");
        Assert.Contains("was stopped by its server", blocks[2].Data!.Value.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        await AppendAsync(stream, 1);
        using var later = await SseReader.OpenAsync(server, $"/streams/{stream}/events", events.LastId);
        Assert.Equal("3", (await later.ReadAsync())!.Data!.Value.GetProperty("id").GetString());
        Assert.Empty(server.Errors());
    }

    [Fact]
    public async Task Call_ThatLastsTooLong_EndsWithTheCodeOfStopped()
    {
        var stream = await NewStreamAsync(1);
        await using var server = await GrpcServer.StartAsync(cluster.Client, addServices: Limit);
        using var call = new global::Reflexpb.Reflex.ReflexClient(server.Invoker).Stream(
            new global::Reflexpb.StreamRequest(), new Metadata { { "reflex-stream", stream } }, cancellationToken: Token);

        var (events, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        Assert.Single(events);
        GrpcErrors.AssertReflexpb(error, StatusCode.Unavailable, ErrorReasons.StreamStoppedCode);
        Assert.Empty(server.Errors());
    }

    private static void Limit(IServiceCollection services) =>
        services.AddReflexServer(options => options.MaxStreamAge = TimeSpan.FromSeconds(1));

    private async Task<string> NewStreamAsync(int events)
    {
        var stream = await cluster.NewStreamAsync();
        await AppendAsync(stream, events);
        return stream;
    }

    private async Task AppendAsync(string stream, int events)
    {
        for (var i = 0; i < events; i++)
        {
            await cluster.Client.GetStream(stream).AppendAsync(new NewEvent(1, "a"), Token);
        }
    }
}
