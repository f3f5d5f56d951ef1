using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Support;

internal sealed class MissingStream(StreamName name, IReadOnlyCollection<StreamName> known) : IEventStream
{
    public StreamName Name => name;

    private StreamNotFoundException NotFound => new(name, known);

    public Task<StreamStatus> GetStatusAsync(CancellationToken cancellationToken = default) => throw NotFound;

    public Task<EventPosition> AppendAsync(NewEvent newEvent, CancellationToken cancellationToken = default) => throw NotFound;

    public Task<IReadOnlyList<EventPosition>> AppendAsync(
        IReadOnlyList<NewEvent> newEvents, CancellationToken cancellationToken = default) => throw NotFound;

    public IAsyncEnumerable<Event> StreamAsync(Cursor after, StreamOptions options, CancellationToken cancellationToken = default) =>
        throw NotFound;

    public StreamFunc Partition(int partition) => throw NotFound;
}
