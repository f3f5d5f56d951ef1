using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Consumers;

/// <summary>
/// The place of a consumer that begins at the head is stored before an event is handled: otherwise, its silo gone, the next one would
/// begin at a later head, and nobody would ever handle what came between.
/// </summary>
public sealed class FromHeadTests
{
    private const string Printer = "orders/0/printer";

    private static readonly GrainId CursorRecord = StoredConsumer.RecordOf(ConsumerKey.Parse(Printer));

    private readonly TestData _data = new();
    private readonly ScriptedStorage _stored = new();
    private readonly WatchedStorage _storage;

    public FromHeadTests() => _storage = new WatchedStorage(_stored);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumer_WhosePlaceCantBeStored_HandlesNothingUntilTheFirstOneIs()
    {
        await AppendAsync(2);
        var attempts = 0;
        _storage.BeforeWrite = record =>
            record == CursorRecord && Interlocked.Increment(ref attempts) > 0 ? throw new IOException("away") : Task.CompletedTask;
        var storedBefore = new List<long?>();
        var seen = new Seen
        {
            Before = (_, _) =>
            {
                storedBefore.Add(_stored.CursorOf(Printer));
                return Task.CompletedTask;
            },
        };
        await using var silo = await StartAsync(seen);
        await Asking.UntilAsync(() => GetStatusAsync(silo), _ => Volatile.Read(ref attempts) > 0);
        await ConsumerSilo.AppendAsync(silo, 3);
        var before = Volatile.Read(ref attempts);

        // Several rounds, each with events to handle.
        var status = await Asking.UntilAsync(
            () => GetStatusAsync(silo), _ => Volatile.Read(ref attempts) >= before + 3 || seen.Events.Count > 0);

        Assert.Empty(seen.Events);
        Assert.Equal(ConsumerState.Stuck, status.State);
        Assert.Null(status.Partitions[0].Cursor);
        Assert.Null(_stored.CursorOf(Printer));
        _storage.BeforeWrite = _ => Task.CompletedTask;
        await HandledAsync(silo);
        Assert.Equal([3L, 4L, 5L], seen.Events.Select(e => e.Id.Value));
        Assert.Equal(2, storedBefore[0]);
    }

    [Fact]
    public async Task Consumer_OfWhichOnlyThePlaceWasStored_GoesOnAfterItInTheNextSilo()
    {
        await AppendAsync(2);

        // Nothing after it is, as of a silo that is killed then; and the first two attempts fail too.
        var attempts = 0;
        _storage.BeforeWrite = record =>
            record == CursorRecord && Interlocked.Increment(ref attempts) != 3 ? throw new IOException("away") : Task.CompletedTask;
        var seen = new Seen();
        await using (var silo = await StartAsync(seen))
        {
            await Asking.UntilAsync(() => GetStatusAsync(silo), _ => Volatile.Read(ref attempts) > 0);
            await ConsumerSilo.AppendAsync(silo, 3);
            await seen.ReachesAsync(3);
        }

        _storage.BeforeWrite = _ => Task.CompletedTask;
        Assert.Equal(2, _stored.CursorOf(Printer));
        await AppendAsync(2);
        var again = new Seen();
        await using var next = await StartAsync(again);

        await HandledAsync(next);

        Assert.Equal([3L, 4L, 5L, 6L, 7L], again.Events.Select(e => e.Id.Value));
    }

    [Fact]
    public async Task Consumer_WhoseCursorIsCleared_BeginsAtTheHeadOfThatTime()
    {
        await AppendAsync(2);
        var seen = new Seen();
        await using var silo = await StartAsync(seen);
        await Asking.UntilAsync(() => GetStatusAsync(silo), _ => _stored.CursorOf(Printer) == 2);
        await ConsumerSilo.AppendAsync(silo, 3);
        await seen.ReachesAsync(3);

        await ConsumerSilo.Control(silo).SetCursorAsync(Cursor.Empty, Token);
        await Asking.UntilAsync(() => GetStatusAsync(silo), _ => _stored.CursorOf(Printer) is not null);
        await ConsumerSilo.AppendAsync(silo, 1);
        await HandledAsync(silo);

        Assert.Equal([3L, 4L, 5L, 6L], seen.Events.Select(e => e.Id.Value));
    }

    private static Task<ConsumerStatus> GetStatusAsync(TestSilo silo) => ConsumerSilo.Control(silo).GetStatusAsync(Token);

    /// <summary>Ends when the consumer is at the head, whether it has handled what is before that or not.</summary>
    private static Task HandledAsync(TestSilo silo) => Asking.UntilAsync(() => GetStatusAsync(silo), status => status.LagEvents == 0);

    /// <summary>Appends in a silo that doesn't run the consumer.</summary>
    private async Task AppendAsync(int events)
    {
        await using var silo = await SessionSilo.StartAsync(events, data: _data, storage: _storage);
    }

    private Task<TestSilo> StartAsync(Seen seen) => ConsumerSilo.StartAsync(
        seen,
        data: _data,
        configure: options => options with { Streaming = new StreamOptions { FromHead = true } },
        storage: _storage);
}
