using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Benchmarks.Peers;

/// <summary>A Reflex stream that is appended to by one client and read by a function of another.</summary>
internal sealed class StreamedReflex(IEventStream appends, StreamFunc streaming) : IMeasuredStream
{
    public Task AppendAsync(NewEvent e) => appends.AppendAsync(e);

    public Task AppendAsync(IReadOnlyList<NewEvent> events) => appends.AppendAsync(events);

    public Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken) =>
        Task.FromResult(Task.Run(() => ReadAsync(count, handle, cancellationToken), cancellationToken));

    private async Task ReadAsync(long count, EventHandler handle, CancellationToken cancellationToken)
    {
        await foreach (var e in streaming(Cursor.Empty, StreamOptions.Default, cancellationToken))
        {
            handle(e.Type.Value, e.ForeignIdUtf8, e.Metadata.Span);
            if (--count == 0)
            {
                return;
            }
        }
    }
}
