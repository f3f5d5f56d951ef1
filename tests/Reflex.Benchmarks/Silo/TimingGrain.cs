using Reflex.Benchmarks.Load;
using Reflex.Events;
using Reflex.Orleans.Consumers;
using Reflex.Streams;

namespace Reflex.Benchmarks.Silo;

internal sealed class TimingGrain(IReflexClient reflex) : ConsumerGrain, ITimingGrain
{
    private readonly List<TimeSpan> _ages = [];
    private TaskCompletionSource _reached = new();
    private long _left;

    public async Task<TimeSpan[]> MeasureAsync(int perSecond, TimeSpan duration)
    {
        IEventStream stream = reflex.GetStream(MeasuredStreams.Timed);
        _ages.Clear();
        _left = (long)(perSecond * duration.TotalSeconds);
        _reached = new TaskCompletionSource();
        await Pacer.RunAsync(perSecond, duration, (i, intended) => stream.AppendAsync(Workload.StampedEvent(i, intended)).Ignore());
        await _reached.Task;
        return [.. _ages];
    }

    protected override Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        _ages.Add(Workload.Age(e));
        if (--_left == 0)
        {
            _reached.TrySetResult();
        }

        return Task.CompletedTask;
    }
}
