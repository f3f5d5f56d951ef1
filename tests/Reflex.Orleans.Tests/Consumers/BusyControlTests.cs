using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Orleans.Tests.Support;
using static Reflex.Orleans.Tests.Support.ConsumerSilo;

namespace Reflex.Orleans.Tests.Consumers;

/// <summary>Controls of logic that hangs, one of which waits for the other.</summary>
public sealed class BusyControlTests
{
    // What a control takes at most for its turn and for the logic, and for the logic alone. Nobody else in a silo that is in order waits
    // for as long as one of these, nor for what is left of them.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(22);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    // A wait that never begins would hold up the whole run.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A call has 30 s: longer than that, its caller wouldn't hear why nothing happens.</summary>
    [Fact]
    public async Task Control_ThatWaitsForAnother_TakesNoLongerThanOneAlone()
    {
        var seen = new Seen();
        var clock = new SteppedClock();
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        seen.Before = (_, _) =>
        {
            entered.TrySetResult();
            return leave.Task;
        };

        // Logic that may take longer than a call is not cancelled, which others wait for as long as.
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders").AddConsumer<SeeingConsumer>("printer", "orders"),
            options: options => options.DrainTimeout = 3 * Patience,
            services: services => services.AddSingleton(seen).AddKeyedSingleton<TimeProvider>(ReflexClock.Name, clock));
        await AppendAsync(silo, 1);

        // A silo that finds its catalog away at first looks again a little later.
        var stream = silo.Reflex.GetStream("orders");
        await Asking.UntilAsync(() => stream.GetStatusAsync(Token), _ =>
        {
            clock.Advance(Moment);
            return entered.Task.IsCompleted;
        });
        try
        {
            var first = await StartingAsync(clock, Patience, () => Control(silo).StopAsync(Token));
            clock.Advance(Later);
            var second = await StartingAsync(clock, Longest, () => Control(silo).SetCursorAsync("1", Token));

            var left = Longest - (Patience - Later);
            await StartingAsync(clock, left, () => AdvanceAsync(Patience - Later));
            await Assert.ThrowsAsync<ConsumerBusyException>(() => first);
            Assert.False(second.IsCompleted);
            clock.Advance(left);
            var busy = await Assert.ThrowsAsync<ConsumerBusyException>(() => second);

            Assert.Contains("is still handling event 0/1", busy.Message, StringComparison.Ordinal);
        }
        finally
        {
            // The silo's end would wait for it by a clock that stands.
            leave.SetResult();
        }

        Task AdvanceAsync(TimeSpan time)
        {
            clock.Advance(time);
            return Task.CompletedTask;
        }
    }

    /// <summary>Begins something, and goes on when somebody waits for a certain time because of it.</summary>
    private static async Task<Task> StartingAsync(SteppedClock clock, TimeSpan time, Func<Task> begin)
    {
        var before = clock.CountOf(time);
        var begun = begin();
        await clock.WaitAsync(time, before + 1).WaitAsync(Limit, Token);
        return begun;
    }
}
