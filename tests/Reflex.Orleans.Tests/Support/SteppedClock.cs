using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A clock that stands until the test moves it, and that tells when somebody begins to wait for a certain time.</summary>
internal sealed class SteppedClock() : FakeTimeProvider(System.GetUtcNow())
{
    private readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource> _waits = new();

    /// <summary>Ends when somebody waits for that long.</summary>
    public Task WaitAsync(TimeSpan time) => WaitOf(time).Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        WaitOf(dueTime).TrySetResult();
        return timer;
    }

    private TaskCompletionSource WaitOf(TimeSpan time) =>
        _waits.GetOrAdd(time, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
