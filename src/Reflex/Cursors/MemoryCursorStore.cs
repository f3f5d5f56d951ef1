using System.Collections.Concurrent;
using Reflex.Consumers;

namespace Reflex.Cursors;

/// <summary>Cursors that last as long as this object: for tests, and for consumers which start over with each process.</summary>
public sealed class MemoryCursorStore : ICursorStore
{
    private readonly ConcurrentDictionary<ConsumerName, Cursor> _cursors = new();

    /// <inheritdoc/>
    public ValueTask<Cursor> GetAsync(ConsumerName consumer, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_cursors.GetValueOrDefault(consumer));

    /// <inheritdoc/>
    public ValueTask SetAsync(ConsumerName consumer, Cursor cursor, CancellationToken cancellationToken)
    {
        _cursors[consumer] = cursor;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
