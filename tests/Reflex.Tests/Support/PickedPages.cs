using System.Text;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Tests.Support;

/// <summary>A partition's pages for a reader who wants the events of one entity only.</summary>
internal sealed class PickedPages(IPageSource source, string foreignId) : IPageSource
{
    public PartitionId Partition => source.Partition;

    public async Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var wanted = Encoding.UTF8.GetBytes(foreignId);
        var page = await source.ReadAsync(after, wait, cancellationToken);
        var blocks = new List<ReadOnlyMemory<byte>>();
        foreach (var batch in page.Batches())
        {
            PickedBatch.AddTo(blocks, batch, record => EventRecord.ForeignId(record.Span).SequenceEqual(wanted));
        }

        return page with { Blocks = blocks, ReadTo = page.Last };
    }

    public Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken) => source.GetHeadAsync(cancellationToken);
}
