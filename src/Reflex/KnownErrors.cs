using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex;

/// <summary>The exceptions that clients are told of by a code, to be made again on their side.</summary>
/// <remarks>
/// For a transport's author: the server's side sends an exception's <see cref="ReflexException.Code"/>,
/// <see cref="ReflexException.ClientMessage"/> and <see cref="ReflexException.Facts"/>, in whatever form, and the client's side gives them
/// to this.
/// </remarks>
public static class KnownErrors
{
    // Of what has no code of its own, only what passes is known: the rest says no more than its transport does.
    private static readonly Dictionary<string, Func<RemoteError, ReflexException>> ByReason = new()
    {
        [HeadReachedException.ToldAs.Reason] = HeadReachedException.Of,
        [StreamStoppedException.ToldAs.Reason] = StreamStoppedException.Of,
        [StreamNotFoundException.ToldAs.Reason] = StreamNotFoundException.Of,
        [StreamConflictException.ToldAs.Reason] = StreamConflictException.Of,
        [StreamBeingDeletedException.ToldAs.Reason] = StreamBeingDeletedException.Of,
        [StreamReplacedException.ToldAs.Reason] = StreamReplacedException.Of,
        [StreamLimitException.ToldAs.Reason] = StreamLimitException.Of,
        [PartitionNotFoundException.ToldAs.Reason] = PartitionNotFoundException.Of,
        [ConsumerNotFoundException.ToldAs.Reason] = ConsumerNotFoundException.Of,
        [ConsumerConflictException.ToldAs.Reason] = ConsumerConflictException.Of,
        [ConsumerBeingRemovedException.ToldAs.Reason] = ConsumerBeingRemovedException.Of,
        [ConsumerLimitException.ToldAs.Reason] = ConsumerLimitException.Of,
        [ConsumerReplacedException.ToldAs.Reason] = ConsumerReplacedException.Of,
        [ConsumerStoppedException.ToldAs.Reason] = ConsumerStoppedException.Of,
        [SessionEndedException.ToldAs.Reason] = SessionEndedException.Of,
        [CursorAheadException.ToldAs.Reason] = CursorAheadException.Of,
        [CursorExpiredException.ToldAs.Reason] = CursorExpiredException.Of,
        [CursorOfAnotherLifeException.ToldAs.Reason] = CursorOfAnotherLifeException.Of,
        [EventTooLargeException.ToldAs.Reason] = EventTooLargeException.Of,
        [LogBusyException.ToldAs.Reason] = LogBusyException.Of,
        [QuotaExceededException.ToldAs.Reason] = QuotaExceededException.Of,
        [UpgradeUnfinishedException.ToldAs.Reason] = UpgradeUnfinishedException.Of,
        [LogUnavailableException.ToldAs.Reason] = LogUnavailableException.Of,
        [LogFullException.ToldAs.Reason] = LogFullException.Of,
        [LogFailedException.ToldAs.Reason] = LogFailedException.Of,
        [LogCorruptedException.ToldAs.Reason] = LogCorruptedException.Of,
        [ServerBusyException.ToldAs.Reason] = ServerBusyException.Of,
        [ErrorCode.Unavailable.Reason] = ClusterUnavailableException.Of,
    };

    /// <summary>Makes the exception that a server told of.</summary>
    /// <param name="reason">The <see cref="ErrorCode.Reason"/> of its code.</param>
    /// <param name="message">The server's sentence; empty when it told none.</param>
    /// <param name="facts">
    /// What it told besides, and the names of the call's own stream and consumer where it told none. Whatever else is missing, or
    /// malformed, is empty in the exception.
    /// </param>
    /// <param name="what">What the call was to do: "append to orders".</param>
    /// <param name="cause">The transport's own error.</param>
    /// <returns>The exception, which says what the server said; null when no exception is known by that reason.</returns>
    public static ReflexException? Make(string reason, string message, ErrorFacts facts, string what, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(reason);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(facts);
        if (!ByReason.TryGetValue(reason, out var make))
        {
            return null;
        }

        var error = make(new RemoteError(message, facts, what, cause));
        if (message.Length > 0)
        {
            error.SetRemoteMessage(message);
        }

        return error;
    }
}
