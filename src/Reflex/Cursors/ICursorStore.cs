using Reflex.Consumers;

namespace Reflex.Cursors;

/// <summary>Keeps the cursors of consumers. Implementations are thread-safe.</summary>
/// <remarks>
/// A store may answer <see cref="SetAsync"/> before the cursor is durable and write it later; what was set is durable when
/// <see cref="FlushAsync"/> ends. A cursor that is lost in between only means that its events are delivered again.
/// </remarks>
public interface ICursorStore
{
    /// <summary>The cursor of a consumer.</summary>
    /// <param name="consumer">Whose cursor it is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was set last; <see cref="Cursor.Empty"/> when nothing was.</returns>
    ValueTask<Cursor> GetAsync(ConsumerName consumer, CancellationToken cancellationToken);

    /// <summary>Moves the cursor of a consumer, which may be backwards.</summary>
    /// <param name="consumer">Whose cursor it is.</param>
    /// <param name="cursor">Its new cursor.</param>
    /// <param name="cancellationToken">Ends the wait; the cursor may have been moved all the same.</param>
    /// <returns>A task that ends when <see cref="GetAsync"/> would answer the new cursor.</returns>
    ValueTask SetAsync(ConsumerName consumer, Cursor cursor, CancellationToken cancellationToken);

    /// <summary>Makes every cursor durable that was set before. One consumer's failure doesn't keep the others from it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when they are durable.</returns>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
