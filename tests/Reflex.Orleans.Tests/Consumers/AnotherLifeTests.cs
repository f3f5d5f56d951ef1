using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Consumers;

/// <summary>A consumer whose log was put back from an older copy, and went on: the storage of its cursor knows nothing of that.</summary>
public sealed class AnotherLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)] // The copy is not as far as the cursor,
    [InlineData(3)] // as far,
    [InlineData(90)] // and far ahead of it.
    public async Task Consumer_OfALogThatIsAnother_IsStuckUntilSomebodyDecides(int appended)
    {
        var storage = new ScriptedStorage();
        await using (var former = await ConsumerSilo.StartAsync(new Seen(), storage: storage))
        {
            await ConsumerSilo.AppendAsync(former, 3);
            await Asking.UntilAsync(() => ConsumerSilo.Control(former).GetStatusAsync(Token), status => status.LagEvents == 0);
        }

        var seen = new Seen();
        await using var silo = await ConsumerSilo.StartAsync(seen, storage: storage);
        await ConsumerSilo.AppendAsync(silo, appended);
        var status = await StuckAsync(silo, appended < 3 ? nameof(CursorAheadException) : nameof(CursorOfAnotherLifeException));
        Assert.Null(status.Fault!.Event);
        Assert.Equal((new EventId(3), Math.Max(0, appended - 3)), (status.Cursor!.Value.Id, status.LagEvents));

        // However far the log goes.
        await ConsumerSilo.AppendAsync(silo, 5);
        await StuckAsync(silo, nameof(CursorOfAnotherLifeException));
        Assert.Empty(seen.Events);
        var same = await Assert.ThrowsAsync<CursorOfAnotherLifeException>(
            () => ConsumerSilo.Control(silo).SetCursorAsync(status.Cursor.Value, Token));
        Assert.Equal(status.Cursor, same.Cursor);

        await ConsumerSilo.Control(silo).SetCursorAsync(new EventId(3), Token);
        await Asking.UntilAsync(() => ConsumerSilo.Control(silo).GetStatusAsync(Token), status => status.LagEvents == 0);
        Assert.Equal(Enumerable.Range(4, appended + 2).Select(id => (long)id), seen.Events.Select(e => e.Id.Value));
    }

    private static async Task<ConsumerPartitionStatus> StuckAsync(TestSilo silo, string error) => (await Asking.UntilAsync(
        () => ConsumerSilo.Control(silo).GetStatusAsync(Token),
        status => status.Partitions[0].Fault?.Error.Contains(error, StringComparison.Ordinal) == true)).Partitions[0];
}
