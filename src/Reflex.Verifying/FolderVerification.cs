using System.Globalization;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.State;
using Reflex.Storage;
using Reflex.Storage.FileLog;
using Reflex.Storage.Sqlite;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Verifying;

/// <summary>What is found in a data folder: in its logs, in its database, and where the two don't agree.</summary>
public sealed class FolderVerification
{
    private readonly Dictionary<PartitionId, LogVerification> _logs = [];
    private readonly List<ConsumerKey> _ahead = [];
    private TimeSpan _elapsed;
    private bool _hasCursorOfAnotherLife;

    private FolderVerification()
    {
    }

    /// <summary>All that was found.</summary>
    public FolderReport Report { get; } = new();

    /// <summary>The consumers whose cursor is ahead of its head.</summary>
    public IReadOnlyList<ConsumerKey> Ahead => _ahead;

    /// <summary>What is wrong with the database of cursors; null when nothing is.</summary>
    public string? StateDamage { get; private set; }

    /// <summary>How many cursors have a form that isn't known here.</summary>
    public int UnreadCursors { get; private set; }

    /// <summary>Whether nothing is wrong that a start doesn't repair.</summary>
    public bool IsSound => IsServed && !_hasCursorOfAnotherLife;

    /// <summary>
    /// Whether a silo serves all that is there. Cursors of another life may be there too: their consumers wait until somebody decides.
    /// </summary>
    public bool IsServed { get; private set; }

    /// <summary>In a word. A folder is mixed when all that is wrong may come from files of different moments.</summary>
    public string Verdict => IsSound ? "Sound" : Report.IsDamaged ? "DAMAGED" : "MIXED";

    /// <summary>The verdict and how much was read, and what to do, in sentences.</summary>
    public IEnumerable<string> Summary
    {
        get
        {
            var seconds = _elapsed.TotalSeconds;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{Verdict}: {Report.Events} events of {Report.Partitions} partitions, {Report.Bytes} bytes read in {seconds:0.00} s " +
                $"({Report.Bytes / 1e6 / Math.Max(seconds, 0.001):0} MB/s).");
            if (Report.IsMixed)
            {
                yield return "A folder that a silo uses is copied by the silo's command backup, and by nothing else.";
            }
        }
    }

    /// <summary>Verifies a data folder that no silo uses, and changes nothing in it.</summary>
    /// <param name="path">The data folder.</param>
    /// <param name="progress">Is told how far it is; null when nobody wants to know.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="StorageRefusedException">The folder isn't there, is in use, or of a newer version.</exception>
    /// <exception cref="IOException">The database of cursors can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It mustn't be read.</exception>
    public static async Task<FolderVerification> OfAsync(
        string path, VerificationProgressLine? progress, CancellationToken cancellationToken)
    {
        using var folder = StoppedDataFolder.Hold(path);
        return await OfAsync(folder, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Verifies a data folder that the caller keeps silos from.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="progress">Is told how far it is; null when nobody wants to know.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="IOException">The database of cursors can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It mustn't be read.</exception>
    public static async Task<FolderVerification> OfAsync(
        StoppedDataFolder folder, VerificationProgressLine? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var started = TimeProvider.System.GetTimestamp();
        var found = new FolderVerification();
        await found.ReadAsync(folder, progress, cancellationToken).ConfigureAwait(false);
        found._elapsed = TimeProvider.System.GetElapsedTime(started);
        return found;
    }

    /// <summary>The newest event of a partition.</summary>
    /// <param name="partition">Which one.</param>
    /// <returns>The event; none of one without a log, null when its log is damaged.</returns>
    public EventId? HeadOf(PartitionId partition) =>
        !_logs.TryGetValue(partition, out var log) ? EventId.None : log.IsDamaged ? null : log.Head;

    private async Task ReadAsync(
        StoppedDataFolder folder, VerificationProgressLine? progress, CancellationToken cancellationToken)
    {
        var verifier = folder.CreateVerifier();
        try
        {
            await foreach (var log in verifier.VerifyAsync(progress, cancellationToken).ConfigureAwait(false))
            {
                _logs.Add(log.Partition, log);
                Report.Add(log);
            }
        }
        finally
        {
            progress?.Clear();
        }

        Report.AddNotes(verifier.Notes);
        try
        {
            Compare(SqliteStateVerifier.Verify(folder.Path, StoredState.Read, hasLogs: _logs.Count > 0), folder.Path);
        }
        catch (ReflexException error) when (error is StorageRefusedException or LogCorruptedException)
        {
            StateDamage = error.Message;
            Report.AddDamage(error.Message);
        }
    }

    private void Compare(StoredState? state, string folder)
    {
        IsServed = !Report.IsDamaged && !Report.IsMixed;
        if (state is null)
        {
            Report.AddNotes(MissingState.Notes(folder, hasLogs: _logs.Count > 0));
            return;
        }

        Report.AddNotes(state.Streams.Select(stream => UnusedPartitions.Note(stream, _logs.ContainsKey)).OfType<string>());
        UnreadCursors = state.UnreadCursors;
        if (state.UnreadCursors > 0)
        {
            Report.AddNotes([$"{state.UnreadCursors} cursors have a form of their own, and were not compared with the logs."]);
        }

        foreach (var cursor in state.Cursors)
        {
            if (cursor.CompareWith(_logs.GetValueOrDefault(cursor.Consumer.Partition)) is not { } finding)
            {
                continue;
            }

            Report.AddMixed(cursor.Consumer.Partition, cursor.Tell(finding));
            if (finding is StoredCursorAheadException)
            {
                _ahead.Add(cursor.Consumer);
                IsServed = false;
            }
            else
            {
                _hasCursorOfAnotherLife = true;
            }
        }
    }
}
