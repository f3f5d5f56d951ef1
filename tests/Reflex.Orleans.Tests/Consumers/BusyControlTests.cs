using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Orleans.Tests.Support;
using static Reflex.Orleans.Tests.Support.ConsumerSilo;

namespace Reflex.Orleans.Tests.Consumers;

/// <summary>Controls of logic that hangs, one of which waits for the other.</summary>
public sealed class BusyControlTests
{
    // Nobody else in the silo waits for as long as one of these, nor for their sum or the rest, once it has settled.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(17);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Rest = Between;
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A call has 30 s: longer than that, its caller wouldn't hear why nothing happens.</summary>
    [Fact]
    public async Task StopAsync_WhileAnotherControlWaitsForTheLogic_TakesNoLongerThanOneAlone()
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
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders").AddConsumer<SeeingConsumer>("printer", "orders"),
            options: options => (options.DrainTimeout, options.ConsumerCheckInterval) = (Patience, TimeSpan.FromHours(1)),
            services: services => services.AddSingleton(seen).AddKeyedSingleton<TimeProvider>(ReflexClock.Name, clock));
        await AppendAsync(silo, 1);
        await entered.Task.WaitAsync(Token);
        clock.Advance(Settling);
        var first = await StartingAsync(clock, Patience, () => Control(silo).StopAsync(Token));
        clock.Advance(Between);
        var second = await StartingAsync(clock, Patience + Grace, () => Control(silo).SetCursorAsync("1", Token));

        await StartingAsync(clock, Grace, () => AdvanceAsync(Patience - Between));
        await StartingAsync(clock, Rest, () => AdvanceAsync(Grace));
        await Assert.ThrowsAsync<ConsumerBusyException>(() => first);
        Assert.False(second.IsCompleted);
        clock.Advance(Rest);
        var busy = await Assert.ThrowsAsync<ConsumerBusyException>(() => second);

        Assert.Contains("is still handling event 0/1", busy.Message, StringComparison.Ordinal);
        leave.SetResult();

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
        await clock.WaitAsync(time, before + 1).WaitAsync(Token);
        return begun;
    }
}
