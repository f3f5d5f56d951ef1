using Reflex.Cursors;

namespace Reflex.Consumers;

/// <summary>
/// A consumer that runs outside the cluster and has its cursor kept there. One session at a time holds a consumer's partition: a
/// newer one takes it over. Disposing it stores what was acknowledged. Thread-safe.
/// </summary>
public interface IConsumerSession : IAsyncDisposable
{
    /// <summary>Where the consumer goes on: its cursor when the session was opened.</summary>
    Cursor Start { get; }

    /// <summary>
    /// Ends, without an error, with the reason for which the session is of no more use: a
    /// <see cref="ConsumerReplacedException"/> when a newer session has taken over, a <see cref="SessionEndedException"/> when
    /// somebody set the cursor, a <see cref="ConsumerStoppedException"/> when somebody stopped the consumer, a
    /// <see cref="SessionFailedException"/> after an error that doesn't pass by itself, or a
    /// <see cref="Streams.StreamStoppedException"/> when this process is a silo that stops, in which what is being handled can still be
    /// acknowledged. A silo elsewhere that stops or dies doesn't end it. It doesn't end by being disposed.
    /// </summary>
    Task<ReflexException> Ended { get; }

    /// <summary>
    /// Moves the cursor forwards; an older cursor than the newest one acknowledged changes nothing, and neither does an empty place.
    /// Of several calls at once the newest counts for all, and goes when the one before is answered. It is stored within the flush
    /// window of the cluster's cursors (100 ms by default), and when the session is disposed.
    /// </summary>
    /// <param name="cursor">The cursor of an event that was handled, and everything before it in its reading.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the cursor has moved; it waits only while an older move is being stored.</returns>
    /// <exception cref="ConsumerReplacedException">A newer session has taken over; the cursor stays.</exception>
    /// <exception cref="SessionEndedException">Somebody set the cursor, or stopped and started the consumer; the cursor stays.</exception>
    /// <exception cref="ConsumerStoppedException">Somebody stopped the consumer; the cursor stays.</exception>
    /// <exception cref="SessionFailedException">The session has failed; the cursor stays.</exception>
    /// <exception cref="CursorAheadException">There is no such event yet.</exception>
    /// <exception cref="CursorStoreException">The cursor couldn't be stored for a while; acknowledge again.</exception>
    /// <exception cref="ClusterUnavailableException">The cluster couldn't be reached for a while; acknowledge again.</exception>
    /// <exception cref="FormatException">The cursor has another number of places than the session has partitions.</exception>
    ValueTask AcknowledgeAsync(Cursor cursor, CancellationToken cancellationToken = default);
}
