using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Partitions;

/// <summary>What a silo knows of partitions that can't be used.</summary>
public sealed class FailedPartitionsTests
{
    private static readonly PartitionId Damaged = new("orders", 1);

    private readonly TestData _data = new();
    private readonly FaultyProvider _provider;

    public FailedPartitionsTests() => _provider = new FaultyProvider(_data.Logs);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithALogThatNobodyAsksForAndThatCannotBeOpened_IsKnown()
    {
        await OpenAsync(new PartitionId("orders", 0), Damaged);
        _provider.OpenFault = partition => partition == Damaged ? new LogCorruptedException("Segment 7 of orders/1 is damaged.") : null;
        await using var silo = await StartAsync();

        var failed = Assert.Single(await KnownAsync(silo, failed => failed.Count > 0));

        Assert.Equal(Damaged, failed.Partition);
        Assert.StartsWith("Stored data is damaged", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithLogsOfStreamsThatAreNotDefined_LeavesThem()
    {
        var opened = new List<PartitionId>();
        await OpenAsync(new PartitionId("orders", 0), new PartitionId("former", 0), new PartitionId("former", 9));
        _provider.OpenFault = partition =>
        {
            lock (opened)
            {
                opened.Add(partition);
            }

            return new LogCorruptedException("It is damaged.");
        };

        await using (var silo = await StartAsync())
        {
            Assert.Equal(new PartitionId("orders", 0), Assert.Single(await KnownAsync(silo, failed => failed.Count > 0)).Partition);
            await silo.StopAsync();
        }

        Assert.Equal(new PartitionId("orders", 0), Assert.Single(opened.Distinct()));
    }

    [Fact]
    public async Task Maintenance_OfAPartitionThatNobodyAsksFor_NoticesThatItCanBeOpened()
    {
        await OpenAsync(Damaged);
        _provider.OpenFault = partition => new LogFailedException(partition, "the disk is away.");
        await using var silo = await StartAsync(maintained: TimeSpan.FromSeconds(1));
        await KnownAsync(silo, failed => failed.Count == 1);

        _provider.OpenFault = _ => null;

        await KnownAsync(silo, failed => failed.Count == 0);
    }

    [Fact]
    public async Task Read_OfADamagedPart_IsKnownAndOneErrorOfTheLog()
    {
        await using var silo = await StartAsync(partitions: 1);
        var stream = silo.Reflex.GetStream("orders");
        var events = Enumerable.Range(0, 100).Select(i => new NewEvent(i, "a") { Metadata = new byte[20_000] }).ToArray();
        await stream.AppendAsync(events, Token);
        _provider.ReadFault = _ => new LogCorruptedException("Segment 7 is damaged at position 64.");

        for (var i = 0; i < 2; i++)
        {
            await using var reader = stream.StreamAsync("", Token).GetAsyncEnumerator(Token);
            await Assert.ThrowsAsync<LogCorruptedException>(() => reader.MoveNextAsync().AsTask());
        }

        await stream.AppendAsync(new NewEvent(1, "a"), Token);
        Assert.Equal(new PartitionId("orders", 0), Assert.Single(silo.Services.GetRequiredService<FailedPartitions>().All).Partition);
        Assert.Single(silo.Logs.GetSnapshot(), log => log.Level == LogLevel.Error);
    }

    [Fact]
    public async Task EveryCall_OfADamagedPartition_AddsNoErrorToTheLog()
    {
        _provider.OpenFault = _ => new LogCorruptedException("Segment 7 is damaged.");
        await using var silo = await StartAsync(partitions: 1);
        var stream = silo.Reflex.GetStream("orders");

        // It is opened again once a second at the most.
        var openings = 0;
        _provider.OpenFault = _ =>
        {
            openings++;
            return new LogCorruptedException("Segment 7 is damaged.");
        };
        while (openings < 3)
        {
            await Assert.ThrowsAsync<LogCorruptedException>(() => stream.AppendAsync(new NewEvent(1, "a"), Token));
        }

        Assert.Single(silo.Logs.GetSnapshot(), log => log.Level == LogLevel.Error);
    }

    [Fact]
    public async Task AppendAsync_ToWhatIsNotThere_MakesNoFailedPartition()
    {
        await using var silo = await StartAsync(partitions: 1);

        await Assert.ThrowsAsync<StreamNotFoundException>(
            () => silo.Reflex.GetStream("nothing").AppendAsync(new NewEvent(1, "a"), Token));

        Assert.Empty(silo.Services.GetRequiredService<FailedPartitions>().All);
    }

    private static Task<IReadOnlyList<FailedPartition>> KnownAsync(TestSilo silo, Func<IReadOnlyList<FailedPartition>, bool> isIt)
    {
        var known = silo.Services.GetRequiredService<FailedPartitions>();
        return Asking.UntilAsync(
            async () =>
            {
                await silo.Reflex.ListStreamsAsync(Token);
                return known.All;
            },
            isIt);
    }

    private async Task OpenAsync(params PartitionId[] partitions)
    {
        foreach (var partition in partitions)
        {
            await (await _data.Logs.OpenAsync(partition, Token)).DisposeAsync();
        }
    }

    private Task<TestSilo> StartAsync(int partitions = 2, TimeSpan? maintained = null) => TestSilo.StartAsync(
        reflex =>
        {
            reflex.AddStream("orders", partitions);
            reflex.Services.AddSingleton<IEventLogProvider>(_provider);
        },
        _data,
        options => options.MaintenanceInterval = maintained ?? options.MaintenanceInterval);
}
