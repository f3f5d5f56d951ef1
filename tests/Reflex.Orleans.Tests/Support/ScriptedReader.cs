using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A reader beside the owner that fails as a test says.</summary>
internal sealed class ScriptedReader(ScriptedProvider provider, IEventLogReader inner) : IEventLogReader
{
    public LogBounds Bounds => inner.Bounds;

    public ValueTask LookAsync(CancellationToken cancellationToken) => inner.LookAsync(cancellationToken);

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken) =>
        provider.ReaderFault is { } fault ? throw fault : inner.ReadAsync(after, maxBytes, cancellationToken);

    public ValueTask DisposeAsync()
    {
        provider.OpenReaders--;
        return inner.DisposeAsync();
    }
}
