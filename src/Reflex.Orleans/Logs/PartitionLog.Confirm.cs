using Reflex.Storage;

namespace Reflex.Orleans.Logs;

// What an owner remembers is no longer so when a newer one has opened the log and appended, trimmed or deleted. It isn't told; so before it
// claims something (an id is the head, ahead of it, expired, of another life; what the log holds) it asks the storage for the epoch.
// - The asking begins after the look at what is claimed. When the storage says that this was the owner still, it was the owner at the look,
//   since nobody becomes one again: so the claim was true at the look, which is after the caller's call.
// - A page with events claims nothing that could be false: they are durable and stay what they are. Of a stream that was deleted meanwhile
//   a replaced owner may show them until its reader comes to its head, or waits.
// - A reader that may wait is told nothing by an empty page, so that idle readers cost nothing. Whoever wants to know the head reads
//   without waiting.
// - An owner that finds itself replaced answers nothing more: the failure ends it as one of an append does, and its callers ask again.
internal sealed partial class PartitionLog
{
    private readonly SharedConfirmation _confirmation;
    private int _waiting;

    /// <summary>What the log holds, confirmed: it was so after this call began.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The bounds.</returns>
    /// <exception cref="LogFencedException">A newer owner has opened the log; ask that one.</exception>
    /// <exception cref="LogFailedException">The partition is closing, or the storage couldn't be asked.</exception>
    public async Task<LogBounds> GetBoundsAsync(CancellationToken cancellationToken)
    {
        var bounds = Bounds;
        await ConfirmAsync(cancellationToken).ConfigureAwait(false);
        return bounds;
    }

    /// <summary>
    /// Finds out whether a newer owner has opened the log, if readers wait here, whom nobody else would tell. Called in the interval of
    /// <see cref="PartitionLogOptions.OwnerCheckInterval"/>, it sends them to the newer owner within that time.
    /// </summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that ends when it is known.</returns>
    /// <exception cref="LogFencedException">A newer owner has opened the log; see <see cref="Failed"/>.</exception>
    /// <exception cref="LogFailedException">The partition is closing, or the storage couldn't be asked.</exception>
    public Task CheckOwnerAsync(CancellationToken cancellationToken) =>
        WaitingReaders > 0 ? ConfirmAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Makes sure that what the caller has seen of the log was so when it looked.</summary>
    private Task ConfirmAsync(CancellationToken cancellationToken) => _confirmation.AskAsync().WaitAsync(cancellationToken);

    private async Task AskForOwnerAsync()
    {
        lock (_lock)
        {
            ThrowIfClosed();
            if (_failure is LogFencedException known)
            {
                throw new LogFencedException(Partition, known.Epoch, known.FoundEpoch);
            }

            // The log stays open meanwhile, whoever has gone away.
            _logReads++;
        }

        try
        {
            await _log.ConfirmAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (LogFencedException fenced)
        {
            Fail([], fenced);
            throw;
        }
        catch (LogFailedException) when (_log.Failure is { } failure)
        {
            // Readers alone would never have it opened again: its row went back to an older moment, say.
            Fail([], failure);
            throw;
        }
        catch (Exception error) when (error is not LogFailedException)
        {
            throw new LogFailedException(Partition, "its owner could not be asked for; ask again.", error.Message, error);
        }
        finally
        {
            EndLogRead();
        }
    }
}
