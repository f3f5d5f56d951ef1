using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Consumers;

/// <summary>A running consumer's status and controls. Thread-safe. Every call is answered while the logic runs.</summary>
/// <remarks>
/// <para>Every call throws <see cref="ConsumerNotFoundException"/> when no such consumer is registered.</para>
/// <para>
/// A consumer whose logic is outside the cluster is controlled through its cursor: stopping it, skipping and setting the cursor end
/// its session, so that what is being handled there is not acknowledged any more; while it is stopped, it can open none.
/// </para>
/// </remarks>
public interface IConsumerControl
{
    /// <summary>The consumer that is controlled: its stream and its name.</summary>
    ConsumerId Id { get; }

    /// <summary>What it is doing and how far it is, on every partition.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The status.</returns>
    Task<ConsumerStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Starts it where it was stopped; nothing happens where it runs. Durable.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when every part runs.</returns>
    Task StartAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops it after the event that it is handling; it stays stopped, through restarts, until it is started.</summary>
    /// <param name="cancellationToken">Ends the wait, not the stopping.</param>
    /// <returns>A task that ends when every part has stopped and its cursor is durable.</returns>
    Task StopAsync(CancellationToken cancellationToken = default);

    /// <summary>Tries at once where it is stuck, instead of at the next retry; nothing happens where it isn't stuck.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the retry has been asked for.</returns>
    Task RetryAsync(CancellationToken cancellationToken = default);

    /// <summary>Goes past the one event that it would handle next, without handling it. Recorded in logs and metrics.</summary>
    /// <param name="partition">The event's partition, from 0.</param>
    /// <param name="id">The event, which must be the one after the cursor.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the cursor past the event is durable.</returns>
    /// <exception cref="InvalidOperationException">It isn't the event after the cursor, or it is being handled.</exception>
    Task SkipAsync(int partition, EventId id, CancellationToken cancellationToken = default);

    /// <summary>Moves the cursor, forwards or backwards. What is being handled is finished first.</summary>
    /// <param name="cursor">The new cursor: a place for each partition, or empty to start over.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the cursor is durable.</returns>
    /// <exception cref="CursorAheadException">It is ahead of a head; no part was moved.</exception>
    /// <exception cref="CursorExpiredException">It is older than the retention; no part was moved.</exception>
    Task SetCursorAsync(Cursor cursor, CancellationToken cancellationToken = default);

    /// <summary>Removes a consumer that the cluster doesn't run: its name, and its cursors. A session of it ends.</summary>
    /// <param name="cancellationToken">Ends the wait; the removal goes on.</param>
    /// <returns>A task that ends when nothing is left of it.</returns>
    /// <exception cref="ConsumerConflictException">A silo has it registered: take it out of the silos first.</exception>
    Task RemoveAsync(CancellationToken cancellationToken = default);
}
