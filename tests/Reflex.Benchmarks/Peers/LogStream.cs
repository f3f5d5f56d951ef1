using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Storage;

namespace Reflex.Benchmarks.Peers;

/// <summary>One partition's log.</summary>
internal sealed class LogStream(PartitionLog partition) : IMeasuredStream
{
    private const int PageBytes = 64 * 1024;
    private static readonly TimeSpan PageWait = TimeSpan.FromSeconds(1);

    // A builder serves one caller at a time, and an append leaves it empty.
    [ThreadStatic]
    private static EventBatchBuilder? _builder;

    public Task AppendAsync(NewEvent e)
    {
        var builder = _builder ??= new EventBatchBuilder(TimeProvider.System);
        builder.Add(e);
        return partition.AppendAsync(builder.Build());
    }

    public Task AppendAsync(IReadOnlyList<NewEvent> events)
    {
        var builder = _builder ??= new EventBatchBuilder(TimeProvider.System);
        foreach (var e in events)
        {
            builder.Add(e);
        }

        return partition.AppendAsync(builder.Build());
    }

    public Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken) =>
        Task.FromResult(Task.Run(() => ReadAsync(count, handle, cancellationToken), cancellationToken));

    private async Task ReadAsync(long count, EventHandler handle, CancellationToken cancellationToken)
    {
        var after = EventId.None;
        while (true)
        {
            var page = await partition.ReadAsync(after, PageBytes, PageWait, cancellationToken);
            foreach (var e in page.Events(after, 0))
            {
                handle(e.Type.Value, e.ForeignIdUtf8, e.Metadata.Span);
                if (--count == 0)
                {
                    return;
                }
            }

            after = page.Last?.Id ?? after;
        }
    }
}
