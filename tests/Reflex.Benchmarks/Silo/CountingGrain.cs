using System.Diagnostics;
using Reflex.Events;
using Reflex.Orleans.Consumers;

namespace Reflex.Benchmarks.Silo;

internal sealed class CountingGrain : ConsumerGrain, ICountingGrain
{
    private TaskCompletionSource<TimeSpan> _reached = new();
    private long _left;
    private long _started;

    public Task<TimeSpan> MeasureAsync(long count)
    {
        _reached = new TaskCompletionSource<TimeSpan>();
        _left = count;
        _started = 0;
        return _reached.Task;
    }

    protected override Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        if (_started == 0)
        {
            _started = Stopwatch.GetTimestamp();
        }

        if (--_left == 0)
        {
            _reached.SetResult(Stopwatch.GetElapsedTime(_started));
        }

        return Task.CompletedTask;
    }
}
