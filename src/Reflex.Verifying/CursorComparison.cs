using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.State;
using Reflex.Storage;

namespace Reflex.Verifying;

/// <summary>Compares stored cursors with logs.</summary>
public static class CursorComparison
{
    /// <summary>Whether a cursor can be one of a log: at an event that the log has, or has had, in the same life.</summary>
    /// <param name="cursor">A cursor as the storage holds it.</param>
    /// <param name="log">What was found of the log of its partition; null when there is none.</param>
    /// <returns>
    /// Why it can't: a <see cref="StoredCursorAheadException"/> or a <see cref="CursorOfAnotherLifeException"/>. Null when it can, or
    /// nobody knows, as of an event that is damaged or was removed.
    /// </returns>
    public static ReflexException? CompareWith(this StoredCursor cursor, LogVerification? log)
    {
        var (consumer, place) = cursor;
        var head = log?.Head ?? EventId.None;
        if (place.Id > head)
        {
            return new StoredCursorAheadException(consumer.Partition, consumer.Consumer, place.Id, head);
        }

        return place.Epoch != 0 && log?.EpochOf(place.Id) is { } found && found != place.Epoch
            ? new CursorOfAnotherLifeException(consumer.Partition, place, found)
            : null;
    }

    /// <summary>Tells what <see cref="CompareWith"/> has found, in a sentence that names the consumer.</summary>
    /// <param name="cursor">The cursor that was compared.</param>
    /// <param name="finding">The answer.</param>
    /// <returns>The sentence.</returns>
    public static string Tell(this StoredCursor cursor, ReflexException finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding is StoredCursorAheadException
            ? finding.Message
            : $"The consumer '{cursor.Consumer.Consumer}' doesn't go on: {finding.Message}";
    }
}
