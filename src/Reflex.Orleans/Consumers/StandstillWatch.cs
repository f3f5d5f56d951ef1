using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Cursors;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Consumers;

/// <summary>Finds a consumer that stands still though nothing says why. Used in its grain's context only.</summary>
internal sealed partial class StandstillWatch(
    ConsumerKey key, ConsumerOptions options, ConsumerRun run, ConsumerContext context)
{
    private CursorPlace? _cursorAtCheck;
    private EventId _headAtCheck;
    private long? _checkedAt;

    // The looks at an interval come a little early or late; others, as after a change of the ring, come at any time between them.
    private TimeSpan LeastStand => context.Options.ConsumerCheckInterval * 0.75;

    /// <summary>Whether it has not moved since a check that is long enough ago, though there was work.</summary>
    /// <param name="cursor">Its cursor, as it was before the head was asked for.</param>
    /// <param name="head">The partition's head.</param>
    public bool StoodStill(CursorPlace? cursor, EventId head)
    {
        if (_checkedAt is { } before && context.TimeProvider.GetElapsedTime(before) < LeastStand)
        {
            return false;
        }

        var mayStand = run.Fault is not null || run.IsHandling || options.Streaming.Lag > TimeSpan.Zero;
        var hadWork = _checkedAt is not null && _headAtCheck > (cursor?.Id ?? EventId.None);
        var stoodStill = !mayStand && hadWork && cursor == _cursorAtCheck;
        _cursorAtCheck = cursor;
        _headAtCheck = head;
        _checkedAt = context.TimeProvider.GetTimestamp();
        if (stoodStill)
        {
            LogStoodStill(context.Logger, key, cursor, head);
        }

        return stoodStill;
    }

    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} stood still at {Cursor} though the head was {Head}; it is started again.")]
    private static partial void LogStoodStill(ILogger logger, ConsumerKey consumer, CursorPlace? cursor, EventId head);
}
