using Reflex.Events;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Client;

/// <summary>An event that can't be one is its own caller's error, and nobody else's.</summary>
public sealed class RefusedEventTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task AppendAsync_HalfASurrogatePairAmongOthers_IsRefusedAndTheOthersAreAppended(int partitions)
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders", partitions));
        var stream = silo.Reflex.GetStream("orders");
        await stream.GetStatusAsync(Token);

        var events = Enumerable.Range(0, 300).Select(i => new NewEvent(i, i % 3 == 0 ? "a\ud83d" : $"{i}"));
        var appends = events.Select(e => stream.AppendAsync(e, Token)).ToArray();

        for (var i = 0; i < appends.Length; i++)
        {
            if (i % 3 == 0)
            {
                var error = await Assert.ThrowsAsync<ArgumentException>(() => appends[i]);
                Assert.Contains("is not text", error.Message, StringComparison.Ordinal);
            }
            else
            {
                await appends[i];
            }
        }

        Assert.Equal(
            Enumerable.Range(0, 300).Where(i => i % 3 != 0), (await stream.ToHeadAsync()).Select(e => e.Type.Value).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task AppendAsync_ListWithHalfASurrogatePair_AppendsNothingInAnyPartition(int partitions)
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders", partitions));
        var stream = silo.Reflex.GetStream("orders");
        var events = Enumerable.Range(0, 100).Select(i => new NewEvent(i, i == 99 ? "\ud83d" : $"{i}")).ToArray();

        await Assert.ThrowsAsync<ArgumentException>(() => stream.AppendAsync(events, Token));

        Assert.Empty(await stream.ToHeadAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => stream.AppendAsync(DayOfWeek.Friday, "a", "\ud83d", Token));
        await stream.AppendAsync(new NewEvent(1, "a"), Token);
        Assert.Single(await stream.ToHeadAsync());
    }
}
