using JasperFx.Events;
using Marten;
using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>Streams of <see cref="MartenPeer"/>: one for each entity, as it is meant to be used.</summary>
internal sealed class MartenStream(DocumentStore store) : IMeasuredStream
{
    public async Task AppendAsync(NewEvent e)
    {
        await using var session = store.LightweightSession();
        session.Events.Append(Guid.NewGuid(), StoredEvent.Of(e));
        await session.SaveChangesAsync();
    }

    public Task AppendAsync(IReadOnlyList<NewEvent> events)
    {
        object[] data = [.. events.Select(StoredEvent.Of)];
        return store.BulkInsertEventsAsync([StreamAction.Start((IEventRegistry)store.Options.Events, Guid.NewGuid(), data)]);
    }

    public Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken) =>
        throw new NotSupportedException("It is compared for its writing alone.");
}
