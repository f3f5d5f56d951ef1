using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Events;

public sealed class KeepAliveTests(Cluster cluster) : HttpTest(cluster)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Get_IdleStream_GetsACommentEveryInterval()
    {
        var stream = await Cluster.NewStreamAsync();
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events");

        // The first event shows that the response waits at the head and its timer runs.
        await Cluster.AppendAsync(stream, 1);
        await events.ReadEventAsync();
        _time.Advance(Interval);
        _time.Advance(Interval);
        var first = await events.ReadAsync();
        _time.Advance(Interval);
        var second = await events.ReadAsync();
        await Cluster.AppendAsync(stream, 1);
        var next = await events.ReadEventAsync();

        Assert.Equal("keep-alive", first!.Comment);
        Assert.Equal("keep-alive", second!.Comment);
        Assert.Equal("2", next.Text("id"));
    }

    protected override void Configure(ReflexHttpOptions options)
    {
        options.TimeProvider = _time;
        options.KeepAliveInterval = Interval;
    }
}
