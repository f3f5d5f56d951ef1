using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Events;

public sealed class KeepAliveTests(Cluster cluster) : HttpTest(cluster)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Get_IdleStream_GetsComments()
    {
        var stream = await Cluster.NewStreamAsync();
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events");

        var first = await ReadAsTimePassesAsync(events);
        var second = await ReadAsTimePassesAsync(events);
        await Cluster.AppendAsync(stream, 1);
        var next = await events.ReadEventAsync();

        Assert.Equal("keep-alive", first!.Comment);
        Assert.Equal("keep-alive", second!.Comment);
        Assert.Equal("1", next.Text("id"));
    }

    [Fact]
    public async Task Get_IdleLines_GetNothing()
    {
        var stream = await Cluster.NewStreamAsync();
        using var response = await Server.OpenAsync($"/streams/{stream}/events", "application/x-ndjson");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));

        _time.Advance(3 * Interval);
        await Cluster.AppendAsync(stream, 1);

        Assert.StartsWith("{\"id\":\"1\"", await lines.ReadLineAsync(Token), StringComparison.Ordinal);
    }

    /// <summary>Lets interval after interval pass until something comes: when the response sees them is its own affair.</summary>
    private async Task<SseBlock?> ReadAsTimePassesAsync(SseReader events)
    {
        var read = events.ReadAsync();
        while (!read.IsCompleted)
        {
            _time.Advance(Interval);
            await Task.Yield();
        }

        return await read;
    }

    protected override void Configure(ReflexHttpOptions options)
    {
        options.TimeProvider = _time;
        options.KeepAliveInterval = Interval;
    }
}
