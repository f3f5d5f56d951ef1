using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Pages;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing.Conformance;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A partition's pages for a reader who wants the events of one entity only.</summary>
internal sealed class PickedPages(IPageSource source, string foreignId) : IPageSource
{
    public PartitionId Partition => source.Partition;

    public async Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var page = await source.ReadAsync(after, wait, cancellationToken);
        var blocks = new List<ReadOnlyMemory<byte>>();
        foreach (var batch in page.Batches())
        {
            var events = (page with { Blocks = [batch.Bytes] }).Events(new EventId(batch.BaseId.Value - 1), Partition.Index).ToList();
            if (events.Exists(one => one.ForeignId == foreignId))
            {
                blocks.Add(KeyedAndPicked.Pick(batch.Bytes, place => events[place].ForeignId == foreignId));
            }
        }

        return page with { Blocks = blocks, ReadTo = page.Last };
    }

    public Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken) => source.GetHeadAsync(cancellationToken);

    public ValueTask<int> FindPartitionsAsync(CancellationToken cancellationToken) =>
        source.FindPartitionsAsync(cancellationToken);
}
