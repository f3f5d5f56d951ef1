using Reflex.Streams;

namespace Reflex.Diagnostics;

/// <summary>Tells <see cref="CommitTimes"/> of the commits of one log. One commit at a time.</summary>
public sealed class CommitWatch : IDisposable
{
    private const long None = long.MinValue;

    private readonly CommitTimes _times;
    private readonly TimeProvider _timeProvider;
    private readonly PartitionId _partition;
    private long _began = None;

    internal CommitWatch(CommitTimes times, TimeProvider timeProvider, PartitionId partition)
    {
        _times = times;
        _timeProvider = timeProvider;
        _partition = partition;
    }

    /// <summary>The commit that hasn't ended; null when there is none.</summary>
    internal CommitTime? UnderWay => Volatile.Read(ref _began) is var began and not None
        ? new CommitTime(_partition, _timeProvider.GetElapsedTime(began))
        : null;

    /// <summary>A commit begins.</summary>
    public void Begin() => Volatile.Write(ref _began, _timeProvider.GetTimestamp());

    /// <summary>It has ended, well or not; does nothing when there is none.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan End()
    {
        if (_began == None)
        {
            return TimeSpan.Zero;
        }

        var time = _timeProvider.GetElapsedTime(_began);
        Volatile.Write(ref _began, None);
        _times.Add(_partition, time);
        return time;
    }

    /// <summary>It has failed, and so ended; does nothing when there is none.</summary>
    /// <param name="error">Why. Only what clients may read of it is kept.</param>
    public void Fail(ReflexException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (_began != None)
        {
            End();
            _times.Fail(_partition, error.ClientMessage);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _times.Remove(this);
}
