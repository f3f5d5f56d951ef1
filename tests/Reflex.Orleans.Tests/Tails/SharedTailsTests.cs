using Microsoft.Extensions.Options;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Pages;
using Reflex.Orleans.Tails;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Tails;

public sealed class SharedTailsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan TwoSweeps = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HundredReaders_AtTheHead_AreOneReaderOfTheOwner()
    {
        await using var stream = await TestStream.OpenAsync(1);
        using var tails = Tails(stream);
        await stream.AppendAsync(0);
        var readers = Enumerable.Range(0, 100).Select(_ => Follow(stream, tails)).ToList();
        for (var id = 2; id <= 20; id++)
        {
            var waiting = readers.Select(reader => reader.MoveNextAsync().AsTask()).ToList();
            await stream.AppendAsync(0, $"{id}");
            Assert.All(await Task.WhenAll(waiting), Assert.True);
            Assert.All(readers, reader => Assert.Equal((id, $"{id}"), (reader.Current.Id.Value, reader.Current.ForeignId)));
            Assert.Equal(id - 1, stream.Sources[0].Given);
        }

        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }

        Assert.Equal(0, stream.Sources[0].Running);
    }

    [Fact]
    public async Task SlowerReader_FindsWhatAnotherHadBefore()
    {
        await using var stream = await TestStream.OpenAsync(1);
        using var tails = Tails(stream);
        await stream.AppendAsync(0);
        await using var fast = Follow(stream, tails);
        await using var slow = Follow(stream, tails);
        var late = slow.MoveNextAsync();
        for (var i = 0; i < 10; i++)
        {
            var next = fast.MoveNextAsync();
            await stream.AppendAsync(0);
            Assert.True(await next);
        }

        for (var id = 2; id <= 11; id++)
        {
            Assert.True(await late);
            Assert.Equal(id, slow.Current.Id.Value);
            late = id < 11 ? slow.MoveNextAsync() : default;
        }

        Assert.Equal(10, stream.Sources[0].Given);
    }

    [Fact]
    public async Task Read_OfAnotherLife_IsForTheOwnerToRefuse()
    {
        await using var stream = await TestStream.OpenAsync(1);
        using var tails = Tails(stream);
        await stream.AppendAsync(0);
        await FollowOneAsync(stream, tails);
        var source = Source(stream, tails);
        Assert.Equal(2, (await source.ReadAsync(new EventId(1), TimeSpan.Zero, Token)).Head.Value);
        await Assert.ThrowsAsync<CursorOfAnotherLifeException>(
            () => source.ReadAsync(new CursorPlace(new EventId(1), 4711), TimeSpan.Zero, Token));
        await Assert.ThrowsAsync<CursorOfAnotherLifeException>(
            () => source.ReadAsync(new CursorPlace(new EventId(1), 4711), PartitionStream.PageWait, Token));
    }

    [Fact]
    public async Task Reader_ThatLeaves_EndsTheCallOnlyIfItWasTheLast()
    {
        await using var stream = await TestStream.OpenAsync(1);
        using var tails = Tails(stream);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var last = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var source = Source(stream, tails);
        var first = source.ReadAsync(EventId.None, PartitionStream.PageWait, leaving.Token);
        var second = source.ReadAsync(EventId.None, PartitionStream.PageWait, last.Token);
        await stream.Sources[0].Reading.Arrived;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(1, stream.Sources[0].Running);

        await last.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(0, stream.Sources[0].Running);

        var third = source.ReadAsync(EventId.None, PartitionStream.PageWait, Token);
        await stream.AppendAsync(0);
        Assert.Equal(1, (await third).Head.Value);
    }

    [Fact]
    public async Task Call_ThatFails_FailsForEachAndLeavesNothingKept()
    {
        await using var stream = await TestStream.OpenAsync(1);
        using var tails = Tails(stream);
        await stream.AppendAsync(0);
        await FollowOneAsync(stream, tails);
        Assert.True(tails.Budget.Used > 0);
        var source = Source(stream, tails);
        stream.Sources[0].Fault = new LogFailedException(source.Partition, "the disk burns.");
        var readers = new[]
        {
            source.ReadAsync(new EventId(2), PartitionStream.PageWait, Token),
            source.ReadAsync(new EventId(2), PartitionStream.PageWait, Token),
        };
        foreach (var reader in readers)
        {
            await Assert.ThrowsAsync<LogFailedException>(() => reader);
        }

        Assert.Equal(0, tails.Budget.Used);
        stream.Sources[0].Fault = null;
        var given = stream.Sources[0].Given;
        Assert.Equal(2, (await source.ReadAsync(new EventId(1), PartitionStream.PageWait, Token)).Head.Value);
        Assert.Equal(given + 1, stream.Sources[0].Given);
    }

    [Fact]
    public async Task Reader_ThatWaitsShorter_IsAnsweredInItsTime()
    {
        await using var stream = await TestStream.OpenAsync(1);
        using var tails = Tails(stream);
        var source = Source(stream, tails);
        var patient = source.ReadAsync(EventId.None, PartitionStream.PageWait, Token);
        await stream.Sources[0].Reading.Arrived;
        var hasty = source.ReadAsync(EventId.None, TimeSpan.FromSeconds(1), Token);
        stream.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await hasty).IsEmpty);
        Assert.False(patient.IsCompleted);
        await stream.AppendAsync(0);
        Assert.Equal(1, (await patient).Head.Value);
    }

    [Fact]
    public async Task Partition_ThatNobodyFollows_IsLetGo()
    {
        await using var stream = await TestStream.OpenAsync(2);
        using var tails = Tails(stream);
        await stream.AppendAsync(0);
        await FollowOneAsync(stream, tails);
        var waiting = Source(stream, tails, 1).ReadAsync(EventId.None, 2 * TwoSweeps, Token);
        await stream.Sources[1].Reading.Arrived;
        Assert.Equal(2, tails.Count);

        stream.Clock.Advance(TwoSweeps);
        Assert.Equal(1, tails.Count);
        Assert.Equal(0, tails.Budget.Used);
        await stream.AppendAsync(1);
        Assert.Equal(1, (await waiting).Head.Value);
    }

    [Fact]
    public async Task Log_ThatHasBecomeAnotherOne_IsReadFromItsOwnerWithinSeconds()
    {
        await using var before = await TestStream.OpenAsync(1);
        await using var after = await TestStream.OpenAsync(1);
        await after.Partitions[0].AppendAsync(3);
        var owner = new ReplacedPages(before.Sources[0]);
        using var tails = Tails(before);
        var source = new TailedPageSource(owner, tails);
        await FillAsync(source, before, 5);
        Assert.Equal(5, (await source.ReadAsync(new EventId(2), TimeSpan.Zero, Token)).Head.Value);

        owner.Log = after.Sources[0];
        before.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, (await source.ReadAsync(new EventId(2), TimeSpan.Zero, Token)).Head.Value);
    }

    [Fact]
    public async Task Page_OfAnotherLog_LeavesNothingOfTheFormerOne()
    {
        await using var before = await TestStream.OpenAsync(1);
        await using var after = await TestStream.OpenAsync(1);
        await after.Partitions[0].AppendAsync(3);
        await after.Partitions[0].AppendAsync(1);
        var owner = new ReplacedPages(before.Sources[0]);
        using var tails = Tails(before);
        var source = new TailedPageSource(owner, tails);
        await FillAsync(source, before, 5);

        owner.Log = after.Sources[0];
        var head = await owner.GetHeadAsync(Token);
        var page = await source.ReadAsync(head with { Id = new EventId(3) }, PartitionStream.PageWait, Token);
        Assert.Equal(4, page.Head.Value);
        Assert.Equal(4, (await source.ReadAsync(new EventId(2), TimeSpan.Zero, Token)).Head.Value);
    }

    [Fact]
    public async Task Reader_OfAPlaceThatIsNotThere_TakesNothingFromOthers()
    {
        await using var stream = await TestStream.OpenAsync(1);
        using var tails = Tails(stream);
        await stream.AppendAsync(0);
        await FollowOneAsync(stream, tails);
        var kept = tails.Budget.Used;
        var source = Source(stream, tails);
        await Assert.ThrowsAsync<CursorAheadException>(() => source.ReadAsync(new EventId(1000), PartitionStream.PageWait, Token));
        Assert.Equal(kept, tails.Budget.Used);
    }

    [Fact]
    public async Task WhatIsKept_AtAHeadThatStands_IsLetGo()
    {
        await using var stream = await TestStream.OpenAsync(1);
        using var tails = Tails(stream);
        await stream.AppendAsync(0);
        await using var reader = Follow(stream, tails);
        var next = reader.MoveNextAsync();
        await stream.AppendAsync(0);
        Assert.True(await next);
        next = reader.MoveNextAsync();
        Assert.True(tails.Budget.Used > 0);
        stream.Clock.Advance(TwoSweeps);
        Assert.Equal(0, tails.Budget.Used);
        Assert.Equal(1, tails.Count);
        await stream.AppendAsync(0);
        Assert.True(await next);
    }

    [Fact]
    public async Task Readers_OfStreamsWithOtherPartitionCounts_ShareNothing()
    {
        await using var stream = await TestStream.OpenAsync(1);
        using var tails = Tails(stream);
        PartitionPages[] owners =
        [
            new(stream.Partitions[0].Log) { Partitions = 1 }, new(stream.Partitions[0].Log) { Partitions = 8 },
        ];
        var waiting = owners.Select(owner => new TailedPageSource(owner, tails))
            .Select(source => source.ReadAsync(EventId.None, PartitionStream.PageWait, Token)).ToList();
        await Task.WhenAll(owners.Select(owner => owner.Reading.Arrived));
        Assert.All(owners, owner => Assert.Equal(1, owner.Running));
        await stream.AppendAsync(0);
        await Task.WhenAll(waiting);
    }

    [Theory]
    [InlineData(0, 64 * 1024)]
    [InlineData(16 * 300, 150)]
    [InlineData(64 * 1024 * 1024, 1000)]
    public async Task Readers_OfAnySpeed_SeeEveryEventInOrder(long maxSharedBytes, int pageBytes)
    {
        const int Events = 3000;
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var stream = await TestStream.OpenAsync(1, pageBytes);
        using var tails = Tails(stream, maxSharedBytes, pageBytes);
        var readers = Enumerable.Range(0, 12).Select(reader => Task.Run(() => ReadAllAsync(new Random(seed + reader)), Token)).ToList();
        var random = new Random(seed - 1);
        for (var appended = 0; appended < Events;)
        {
            var count = Math.Min(random.Next(1, 8), Events - appended);
            await stream.Partitions[0].AppendAsync(count);
            appended += count;
            if (random.Next(4) == 0)
            {
                await Task.Yield();
            }
        }

        await Task.WhenAll(readers);
        Assert.Equal(0, stream.Sources[0].Running);
        Assert.True(tails.Budget.Used <= maxSharedBytes);

        async Task ReadAllAsync(Random pace)
        {
            var cursor = Cursor.Empty;
            for (var next = 1L; next <= Events;)
            {
                // Resumed now and then, as a client does whose connection was lost.
                var until = next + pace.Next(1, Events);
                await foreach (var e in Reader(stream, tails)(cursor, StreamOptions.Default, Token))
                {
                    Assert.Equal(next++, e.Id.Value);
                    cursor = e.Cursor;
                    if (next > Math.Min(until, Events))
                    {
                        break;
                    }

                    for (var i = pace.Next(20) == 0 ? pace.Next(50) : 0; i > 0; i--)
                    {
                        await Task.Yield();
                    }
                }
            }
        }
    }

    private static SharedTails Tails(TestStream stream, long maxSharedBytes = 1 << 20, int pageBytes = 64 * 1024) =>
        new(Options.Create(new ReflexOptions { MaxSharedBytes = maxSharedBytes, PageBytes = pageBytes }), stream.Clock);

    private static TailedPageSource Source(TestStream stream, SharedTails tails, int partition = 0) =>
        new(stream.Sources[partition], tails);

    private static StreamFunc Reader(TestStream stream, SharedTails tails) =>
        new PartitionStream(Source(stream, tails), stream.Clock).StreamAsync;

    private static IAsyncEnumerator<Event> Follow(TestStream stream, SharedTails tails) =>
        Reader(stream, tails)("", new StreamOptions { FromHead = true }, Token).GetAsyncEnumerator(Token);

    /// <summary>Appends events, each of which a reader at the head has read.</summary>
    private static async Task FillAsync(TailedPageSource source, TestStream stream, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var next = source.ReadAsync(await source.GetHeadAsync(Token), PartitionStream.PageWait, Token);
            await stream.AppendAsync(0);
            await next;
        }
    }

    private static async Task FollowOneAsync(TestStream stream, SharedTails tails)
    {
        await using var reader = Follow(stream, tails);
        var next = reader.MoveNextAsync();
        await stream.AppendAsync(0);
        Assert.True(await next);
    }
}
