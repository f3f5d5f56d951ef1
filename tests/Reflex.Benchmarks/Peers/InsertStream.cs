using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>The one table of <see cref="PlainInserts"/>.</summary>
internal sealed class InsertStream(PlainInserts inserts) : IMeasuredStream
{
    public Task AppendAsync(NewEvent e) => inserts.InsertAsync(e);

    public Task AppendAsync(IReadOnlyList<NewEvent> events) => Task.WhenAll(events.Select(inserts.InsertAsync));

    public Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken) =>
        throw new NotSupportedException("It is compared for its writing alone.");
}
