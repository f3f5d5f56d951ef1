using Microsoft.Extensions.DependencyInjection;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Partitions;

/// <summary>What a partition holds is known without its log, which here can be opened but not read.</summary>
public sealed class PartitionBoundsTests
{
    private readonly TestData _data = new();
    private readonly FaultyProvider _provider;

    public PartitionBoundsTests() => _provider = new FaultyProvider(_data.Logs);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetStatusAsync_OfAStream_ReadsNoLog()
    {
        await using var silo = await StartUnreadableAsync(partitions: 2);

        var status = await silo.Reflex.GetStream("orders").GetStatusAsync(Token);

        Assert.Equal(20, status.Partitions.Sum(partition => partition.Head.Value));
        Assert.All(status.Partitions, partition => Assert.Equal(1, partition.Oldest.Value));
    }

    [Fact]
    public async Task StreamAsync_FromHead_BeginsWithoutReadingTheLog()
    {
        await using var silo = await StartUnreadableAsync();
        var options = new StreamOptions { FromHead = true };
        await using var reading = silo.Reflex.GetStream("orders").StreamAsync(Cursor.Empty, options, Token).GetAsyncEnumerator(Token);
        var next = reading.MoveNextAsync();
        await Asking.UntilAsync(
            async () =>
            {
                await ConsumerSilo.AppendAsync(silo, 1);
                return next.IsCompleted;
            },
            isThere => isThere);

        Assert.True(await next);
        Assert.True(reading.Current.Id.Value > 20);
    }

    [Fact]
    public async Task Controls_OfAConsumerOutside_ReadNoLog()
    {
        await using var silo = await StartUnreadableAsync();
        await silo.Reflex.GetCursors("orders").SetAsync("mailer", "3", Token);

        await SessionSilo.Control(silo).SetCursorAsync("7", Token);
        await SessionSilo.Control(silo).SkipAsync(0, new EventId(8), Token);

        Assert.Equal("8", await SessionSilo.CursorAsync(silo));
        await Assert.ThrowsAsync<CursorAheadException>(() => SessionSilo.Control(silo).SetCursorAsync("21", Token));
    }

    [Fact]
    public async Task GetPartitionStatusAsync_OfOneOfMany_OpensThatOneOnly()
    {
        var opened = new List<PartitionId>();
        _provider.OpenFault = partition =>
        {
            lock (opened)
            {
                opened.Add(partition);
            }

            return null;
        };
        await using var silo = await StartAsync(partitions: 8);

        var status = await silo.Reflex.GetStream("orders").GetPartitionStatusAsync(3, Token);

        Assert.Equal(new PartitionStatus(3, new EventId(1), EventId.None, 0), status with { Bytes = 0 });
        Assert.Equal([new PartitionId("orders", 3)], opened);
        await Assert.ThrowsAsync<PartitionNotFoundException>(() => silo.Reflex.GetStream("orders").GetPartitionStatusAsync(8, Token));
        await Assert.ThrowsAsync<PartitionNotFoundException>(() => silo.Reflex.GetStream("orders").GetPartitionStatusAsync(-1, Token));
        await Assert.ThrowsAsync<StreamNotFoundException>(() => silo.Reflex.GetStream("payments").GetPartitionStatusAsync(0, Token));
    }

    /// <summary>A silo over twenty events, none of which is in its memory, and none of which can be read.</summary>
    private async Task<TestSilo> StartUnreadableAsync(int partitions = 1)
    {
        await using (var silo = await StartAsync(partitions))
        {
            await ConsumerSilo.AppendAsync(silo, 20);
        }

        // Opening a log reads its last event.
        var opened = await StartAsync(partitions);
        await opened.Reflex.GetStream("orders").GetStatusAsync(Token);
        _provider.ReadFault = partition => new LogFailedException(partition, "the disk is away.");
        return opened;
    }

    private Task<TestSilo> StartAsync(int partitions) => TestSilo.StartAsync(
        reflex =>
        {
            reflex.Services.AddSingleton<IEventLogProvider>(_provider);
            reflex.AddStream("orders", partitions);
        },
        _data);
}
