using Microsoft.Extensions.Logging;

namespace Reflex.Orleans.Logs;

/// <summary>The time that retention goes by: the process' clock, unless it was set ahead a short while ago. Thread-safe.</summary>
/// <remarks>
/// <para>A clock that is years ahead for a moment would have everything deleted. So the clock is compared with the time that has passed
/// by the monotonic clock since the last look. When it has gained more than a minute, the old time goes on, until the jump has stood for
/// <see cref="TrustDelay"/>: by then somebody has seen the warning, or the clock is right. A machine that has slept looks the same.</para>
/// <para>A clock that was set back is believed at once, as events are kept the longer for it. So is the first look: a process that
/// begins with a wrong clock has nothing to compare it with.</para>
/// <para>One for each process, so that a jump is told once and no partition sees another time than the others.</para>
/// </remarks>
internal sealed partial class RetentionClock
{
    // More than a clock that is kept right ever loses or gains between two looks, which are a maintenance interval apart.
    private static readonly TimeSpan MaxStep = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _timeProvider;
    private readonly PartitionInstruments _instruments;
    private readonly ILogger _logger;
    private DateTimeOffset _now;
    private long _lookedAt;
    private (TimeSpan By, long SeenAt)? _jump;

    /// <summary>Begins with the clock's time, which is believed as it is.</summary>
    /// <param name="timeProvider">The process' clocks.</param>
    /// <param name="instruments">Counts the jumps.</param>
    /// <param name="logger">Is told of the jumps.</param>
    public RetentionClock(TimeProvider timeProvider, PartitionInstruments instruments, ILogger<RetentionClock> logger)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(instruments);
        ArgumentNullException.ThrowIfNull(logger);
        _timeProvider = timeProvider;
        _instruments = instruments;
        _logger = logger;
        _now = timeProvider.GetUtcNow();
        _lookedAt = timeProvider.GetTimestamp();
    }

    /// <summary>How long a clock that was set ahead must go on so until retention goes by it.</summary>
    /// <value>An hour.</value>
    public static TimeSpan TrustDelay { get; } = TimeSpan.FromHours(1);

    /// <summary>Looks at the clocks.</summary>
    /// <returns>The time that retention goes by now.</returns>
    public DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            var clock = _timeProvider.GetUtcNow();
            var lookedAt = _timeProvider.GetTimestamp();
            var expected = _now + _timeProvider.GetElapsedTime(_lookedAt, lookedAt);
            _lookedAt = lookedAt;
            _now = IsAhead_NeedsLock(clock, expected) ? expected : clock;
            return _now;
        }
    }

    /// <summary>Whether the clock is ahead and not to be believed yet.</summary>
    private bool IsAhead_NeedsLock(DateTimeOffset clock, DateTimeOffset expected)
    {
        var gain = clock - expected;
        if (gain <= MaxStep)
        {
            if (gain < -MaxStep)
            {
                Tell(gain);
            }
            else if (_jump is not null)
            {
                LogRight(_logger, clock);
            }

            _jump = null;
            return false;
        }

        // The jump stays the same as long as both clocks go on; another one begins anew.
        if (_jump is not { } jump || (gain - jump.By).Duration() > MaxStep)
        {
            Tell(gain);
            _jump = (gain, _lookedAt);
            return true;
        }

        if (_timeProvider.GetElapsedTime(jump.SeenAt, _lookedAt) < TrustDelay)
        {
            return true;
        }

        LogBelieved(_logger, clock);
        _jump = null;
        return false;

        void Tell(TimeSpan gain)
        {
            _instruments.OnClockSet(gain > TimeSpan.Zero);
            if (gain > TimeSpan.Zero)
            {
                LogSetAhead(_logger, gain, clock, TrustDelay);
            }
            else
            {
                LogSetBack(_logger, -gain, clock);
            }
        }
    }
}
