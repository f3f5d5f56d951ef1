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
        var appended = Task.CompletedTask;
        await Pacer.RunAsync(
            perSecond,
            duration,
            (i, intended) => appended = stream.AppendAsync(Workload.StampedEvent(i, intended)),
            CancellationToken.None);
        await appended;
        await _reached.Task;
        return [.. _ages];
    }

    protected override Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        _ages.Add(Workload.Age(e.Metadata.Span));
        if (--_left == 0)
        {
            _reached.TrySetResult();
        }

        return Task.CompletedTask;
    }
}
