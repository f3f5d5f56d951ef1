using Microsoft.Extensions.Time.Testing;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A clock that stands until the test moves it, and that tells when somebody begins to wait for a certain time.</summary>
internal sealed class SteppedClock() : FakeTimeProvider(System.GetUtcNow())
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TimeSpan, int> _counts = [];
    private readonly Dictionary<(TimeSpan, int), TaskCompletionSource> _waits = [];

    /// <summary>Ends when somebody waits for that long.</summary>
    /// <param name="time">How long.</param>
    /// <param name="times">How often that was to be since the beginning.</param>
    public Task WaitAsync(TimeSpan time, int times = 1)
    {
        lock (_lock)
        {
            return _counts.GetValueOrDefault(time) >= times ? Task.CompletedTask : WaitOf_NeedsLock(time, times).Task;
        }
    }

    /// <summary>How often somebody has begun to wait for that long.</summary>
    public int CountOf(TimeSpan time)
    {
        lock (_lock)
        {
            return _counts.GetValueOrDefault(time);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(dueTime) + 1;
            _counts[dueTime] = count;
            WaitOf_NeedsLock(dueTime, count).TrySetResult();
        }

        return timer;
    }

    private TaskCompletionSource WaitOf_NeedsLock(TimeSpan time, int times)
    {
        if (!_waits.TryGetValue((time, times), out var wait))
        {
            _waits[(time, times)] = wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return wait;
    }
}
