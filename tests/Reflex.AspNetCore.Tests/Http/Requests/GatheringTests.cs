using Reflex.AspNetCore.Http.Requests;


namespace Reflex.AspNetCore.Tests.Http.Requests;

public sealed class GatheringTests
{
    [Fact]
    public async Task Gather_ManyItems_AnswersInOrderAskingAFewAtATime()
    {
        var asked = 0;
        var most = 0;
        var items = Enumerable.Range(0, 100).ToArray();

        var answers = await Gathering.GatherAsync(items, async item =>
        {
            most = Math.Max(most, Interlocked.Increment(ref asked));
            await Task.Yield();
            Interlocked.Decrement(ref asked);
            return item * 2;
        });

        Assert.Equal(items.Select(item => item * 2), answers);
        Assert.InRange(most, 1, 32);
    }
}
