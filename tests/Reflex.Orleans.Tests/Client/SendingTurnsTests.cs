using Reflex.Orleans.Client;

namespace Reflex.Orleans.Tests.Client;

public sealed class SendingTurnsTests
{
    [Fact]
    public async Task TakeAsync_AllTurnsHeldByPartitionsThatDontAnswer_GoesOnWithoutOne()
    {
        var turns = new SendingTurns();
        while (await turns.TakeAsync())
        {
            // Every turn is taken and kept.
        }

        Assert.False(await turns.TakeAsync());
        turns.GiveBack();
        Assert.True(await turns.TakeAsync());
    }
}
