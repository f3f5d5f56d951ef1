using Microsoft.Extensions.Time.Testing;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Pages;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A stream of several partitions over scripted storages.</summary>
internal sealed class TestStream : IAsyncDisposable
{
    private TestStream(List<TestPartition> partitions, FakeTimeProvider clock, int pageBytes)
    {
        Partitions = partitions;
        Clock = clock;
        Sources = [.. partitions.Select(partition => new PartitionPages(partition.Log, pageBytes))];
        Whole = new WholeStream(Sources, clock).StreamAsync;
    }

    public List<TestPartition> Partitions { get; }

    public FakeTimeProvider Clock { get; }

    public List<PartitionPages> Sources { get; }

    public StreamFunc Whole { get; }

    public static async Task<TestStream> OpenAsync(int partitions, int pageBytes = 64 * 1024)
    {
        var clock = new FakeTimeProvider();
        var list = new List<TestPartition>();
        for (var i = 0; i < partitions; i++)
        {
            list.Add(await TestPartition.OpenAsync(clock: clock, id: new PartitionId("orders", i)));
        }

        return new TestStream(list, clock, pageBytes);
    }

    public StreamFunc Partition(int partition) => new PartitionStream(Sources[partition], Clock).StreamAsync;

    /// <summary>Appends an event with the clock's time, or another.</summary>
    public Task<EventId> AppendAsync(
        int partition, string foreignId = "1", EventType type = default, DateTimeOffset? at = null, int metadataBytes = 0)
    {
        var builder = new EventBatchBuilder(Clock);
        builder.Add(new NewEvent(type, foreignId) { Timestamp = at, Metadata = new byte[metadataBytes] });
        return Partitions[partition].Log.AppendAsync(builder.Build());
    }

    /// <summary>What there is up to the head.</summary>
    public static async Task<List<Event>> ReadToHeadAsync(StreamFunc stream, Cursor after = default, StreamOptions? options = null)
    {
        var events = new List<Event>();
        await Assert.ThrowsAsync<HeadReachedException>(async () =>
        {
            options = (options ?? StreamOptions.Default) with { ToHead = true };
            await foreach (var e in stream(after, options, TestContext.Current.CancellationToken))
            {
                events.Add(e);
            }
        });
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var partition in Partitions)
        {
            await partition.DisposeAsync();
        }
    }
}
