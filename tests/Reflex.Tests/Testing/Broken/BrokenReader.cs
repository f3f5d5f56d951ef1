using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Tests.Testing.Broken;

/// <summary>A reader with a fault.</summary>
internal sealed class BrokenReader(Fault fault, IEventLogReader inner) : IEventLogReader
{
    private readonly LogBounds _first = inner.Bounds;

    public LogBounds Bounds => fault == Fault.LooksOnlyOnce ? _first : inner.Bounds;

    public ValueTask LookAsync(CancellationToken cancellationToken) => inner.LookAsync(cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        if (fault == Fault.LooksAtEveryRead)
        {
            await inner.LookAsync(cancellationToken);
        }

        return await inner.ReadAsync(after, maxBytes, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
