using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Tests.Streams;

public sealed class EventStreamExtensionsTests
{
    [Fact]
    public async Task AppendAsync_MetadataOfText_IsItsUtf8()
    {
        var stream = new AppendedEvents();

        await stream.AppendAsync(DayOfWeek.Friday, "42", "größe 😀", TestContext.Current.CancellationToken);

        var e = Assert.Single(stream.Events);
        Assert.Equal((5, "42"), (e.Type.Value, e.ForeignId));
        Assert.Equal("größe 😀"u8.ToArray(), e.Metadata.ToArray());
    }

    [Fact]
    public async Task AppendAsync_MetadataWithHalfASurrogatePair_IsRefused()
    {
        var stream = new AppendedEvents();
        foreach (var metadata in new[] { "a\ud83d", "\udca9a" })
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(
                () => stream.AppendAsync(DayOfWeek.Friday, "42", metadata, TestContext.Current.CancellationToken));

            Assert.Contains("metadata is not text", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(stream.Events);
    }

    private sealed class AppendedEvents : IEventStream
    {
        public List<NewEvent> Events { get; } = [];

        public StreamName Name => "orders";

        public Task<EventPosition> AppendAsync(NewEvent newEvent, CancellationToken cancellationToken = default)
        {
            Events.Add(newEvent);
            return Task.FromResult(new EventPosition(0, new EventId(Events.Count)));
        }

        public Task<IReadOnlyList<EventPosition>> AppendAsync(
            IReadOnlyList<NewEvent> newEvents, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<StreamStatus> GetStatusAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<Event> StreamAsync(Cursor after, StreamOptions options, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public StreamFunc Partition(int partition) => throw new NotSupportedException();
    }
}
