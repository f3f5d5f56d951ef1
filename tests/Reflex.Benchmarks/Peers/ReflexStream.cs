using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Benchmarks.Peers;

/// <summary>One Reflex stream.</summary>
internal sealed class ReflexStream(IEventStream stream) : IMeasuredStream
{
    public Task AppendAsync(NewEvent e) => stream.AppendAsync(e);

    public Task AppendAsync(IReadOnlyList<NewEvent> events) => stream.AppendAsync(events);

    public Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken) =>
        Task.FromResult(Task.Run(() => ReadAsync(count, handle, cancellationToken), cancellationToken));

    private async Task ReadAsync(long count, EventHandler handle, CancellationToken cancellationToken)
    {
        await foreach (var e in stream.StreamAsync(Cursor.Empty, cancellationToken))
        {
            handle(e.Type.Value, e.ForeignIdUtf8, e.Metadata.Span);
            if (--count == 0)
            {
                return;
            }
        }
    }
}
