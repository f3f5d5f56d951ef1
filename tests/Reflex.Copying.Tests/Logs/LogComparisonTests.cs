using Reflex.Copying.Logs;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;
using Reflex.Tests.Shared;

namespace Reflex.Copying.Tests.Logs;

public sealed class LogComparisonTests
{
    private static readonly PartitionId Partition = new(StreamName.Parse("orders"), 0);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void AreSame_OfEventsInTwoForms_GoesByTheEvents()
    {
        var one = Batches.Seal(Batches.Append(count: 3))[0];
        Assert.True(LogComparison.AreSame(one, one));
        Assert.True(LogComparison.AreSame(one, Batches.ToFormat1(one)));
        Assert.False(LogComparison.AreSame(one, Batches.Seal(Batches.Append(count: 3, first: 2))[0]));
        Assert.False(LogComparison.AreSame(one, Batches.Seal(Batches.Append(count: 4))[0]));
        Assert.False(LogComparison.AreSame(one, Batches.Seal(Batches.Append(count: 3), baseId: 2)[0]));
    }

    [Theory]
    [InlineData(2, 2, false)]
    [InlineData(2, 1, true)]
    [InlineData(1, 2, true)]
    [InlineData(2, 0, true)]
    public async Task Find_OfALogAndAnother_TellsWhatDiffers(int events, int copied, bool isDifferent)
    {
        var (source, target) = (new MemoryEventLogProvider(), new MemoryEventLogProvider());
        var batches = Batches.Seal(Batches.Append().Concat(Batches.Append(first: 2)));
        await ImportAsync(source, batches[..events]);
        if (copied > 0)
        {
            await ImportAsync(target, batches[..copied]);
        }

        long bytes = 0;
        var difference = await new LogComparison(source, target, piece => bytes += piece).FindAsync(Partition, Token);
        Assert.Equal(isDifferent, difference is not null);
        Assert.True(isDifferent || bytes == batches.Sum(batch => batch.Bytes.Length));
    }

    [Fact]
    public async Task Find_OfOtherEventsUnderTheSameIds_TellsWhich()
    {
        var (source, target) = (new MemoryEventLogProvider(), new MemoryEventLogProvider());
        var first = Batches.Append()[0];
        await ImportAsync(source, Batches.Seal(Batches.Append(first: 2).Prepend(first.ToArray())));
        await ImportAsync(target, Batches.Seal(Batches.Append(first: 3).Prepend(first.ToArray())));
        var difference = await new LogComparison(source, target, _ => { }).FindAsync(Partition, Token);
        Assert.Contains("of life 1", difference!.Expected, StringComparison.Ordinal);
        Assert.StartsWith("events 2 to 2 ", difference.Found, StringComparison.Ordinal);
    }

    private static async Task ImportAsync(MemoryEventLogProvider logs, IReadOnlyList<EventBatch> batches)
    {
        await logs.BeginAsync(Partition, new LogStart(EventId.None, 0, DateTimeOffset.UnixEpoch, 1), Token);
        await using var log = await logs.OpenAsync(Partition, Token);
        await log.ImportAsync(batches);
    }
}
