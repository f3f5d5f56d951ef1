using Reflex.Copying.Places;
using Reflex.Storage;

namespace Reflex.Copying;

/// <summary>Copies a storage, with all that a cluster keeps in it, to another one, where silos go on as if it were the first.</summary>
/// <remarks>
/// <para>First the logs, each from where the target's ends, with every byte of their batches: ids, times and epochs. Then what is left of
/// deleted ones, and the state last, as it is stored, in one step that also makes the target one which silos may use. So a copy that was
/// interrupted is no storage yet, and the next run goes on with it; and no cursor is ever without its event.</para>
/// <para>What the target holds of a log must be what the source has there. It is looked at before anything is changed.</para>
/// </remarks>
public static class StorageCopy
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Copies, or looks whether a finished copy is one still.</summary>
    /// <param name="from">The source, which no silo uses.</param>
    /// <param name="to">The target: nothing, an unfinished copy of the source, or a whole one. No silo uses it.</param>
    /// <param name="isVerified">Whether both are read at the end, and compared.</param>
    /// <param name="progress">Is told how far it is; null when nobody wants to know.</param>
    /// <param name="cancellationToken">Ends the copy; the next one goes on with what is there.</param>
    /// <returns>What the target holds.</returns>
    /// <exception cref="StorageRefusedException">
    /// A silo uses one of them, one can't be used, or the target holds something else; this was not changed.
    /// </exception>
    /// <exception cref="LogCorruptedException">The source is damaged, or what was written isn't what is read.</exception>
    /// <exception cref="LogFailedException">A storage failed, or somebody else has opened a log of the target.</exception>
    /// <exception cref="StateStoreException">PostgreSQL failed.</exception>
    /// <exception cref="ArgumentException">A connection string or a schema can't be used.</exception>
    public static async Task<CopyReport> RunAsync(
        StoragePlace from,
        StoragePlace to,
        bool isVerified = true,
        IProgress<LogVerificationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        RequireTwo(from, to);
        var source = await from.OpenSourceAsync(cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var target = await to.OpenTargetAsync(cancellationToken).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
            {
                return await new CopyRun(source, target, isVerified, progress).RunAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Copies while silos use the source, and what is left as soon as they have stopped.</summary>
    /// <param name="from">The source.</param>
    /// <param name="to">The target: nothing, or an unfinished copy of the source. No silo uses it.</param>
    /// <param name="onCaughtUp">Is called once, when little is left to copy: now the silos may be stopped.</param>
    /// <param name="timeProvider">Tells when to look again.</param>
    /// <param name="isVerified">Whether both are read at the end, and compared.</param>
    /// <param name="progress">Is told how far it is; null when nobody wants to know.</param>
    /// <param name="cancellationToken">Ends the copy; the next one goes on with what is there.</param>
    /// <returns>What the target holds.</returns>
    /// <exception cref="StorageRefusedException">
    /// A silo uses the target, one of them can't be used, or the target holds something else, as it does where retention has removed events
    /// of the source before they were copied. This was not changed.
    /// </exception>
    /// <exception cref="LogCorruptedException">The source is damaged, or what was written isn't what is read.</exception>
    /// <exception cref="LogFailedException">A storage failed, or somebody else has opened a log of the target.</exception>
    /// <exception cref="StateStoreException">PostgreSQL failed.</exception>
    /// <exception cref="ArgumentException">A connection string or a schema can't be used.</exception>
    public static async Task<CopyReport> FollowAsync(
        StoragePlace from,
        StoragePlace to,
        Action onCaughtUp,
        TimeProvider timeProvider,
        bool isVerified = true,
        IProgress<LogVerificationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        RequireTwo(from, to);
        ArgumentNullException.ThrowIfNull(onCaughtUp);
        ArgumentNullException.ThrowIfNull(timeProvider);
        var source = await from.OpenRunningAsync(cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var target = await to.OpenTargetAsync(cancellationToken).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
            {
                if (!target.IsFinished)
                {
                    var pass = new CopyPass(source, target, progress);
                    await FollowAsync(from, pass, onCaughtUp, timeProvider, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        // As if it had been stopped all the time, with most of the work done.
        return await RunAsync(from, to, isVerified, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies until nobody uses the source any more.</summary>
    private static async Task FollowAsync(
        StoragePlace from, CopyPass pass, Action onCaughtUp, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        for (var isCaughtUp = false; ;)
        {
            var started = timeProvider.GetTimestamp();
            var imported = await pass.RunAsync(cancellationToken).ConfigureAwait(false);
            if (!await from.IsInUseAsync(cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            // What a pass brings in less than the time between two, the last one brings in no more.
            if (!isCaughtUp && (imported == 0 || timeProvider.GetElapsedTime(started) < Interval))
            {
                isCaughtUp = true;
                onCaughtUp();
            }

            await Task.Delay(Interval, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RequireTwo(StoragePlace from, StoragePlace to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (from == to)
        {
            throw new StorageRefusedException("The source and the target are the same storage: name another target.");
        }
    }
}
