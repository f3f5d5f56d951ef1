using Reflex.Orleans.Consumers;
using Reflex.Orleans.State;
using Reflex.Silo.Commands;
using Reflex.Storage;
using Reflex.Storage.FileLog;
using Reflex.Storage.Sqlite;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Silo.Verifying;

/// <summary>What is found in a data folder: in its logs, in its database, and where the two don't agree.</summary>
internal sealed class Verification
{
    private readonly Dictionary<PartitionId, LogVerification> _logs = [];
    private readonly List<ConsumerKey> _ahead = [];

    private Verification()
    {
    }

    public PartitionTable Table { get; } = new();

    /// <summary>The consumers whose cursor is ahead of its head.</summary>
    public IReadOnlyList<ConsumerKey> Ahead => _ahead;

    /// <summary>What is wrong with the database of cursors; null when nothing is.</summary>
    public string? StateDamage { get; private set; }

    /// <summary>How many cursors have a form that isn't known here.</summary>
    public int UnreadCursors { get; private set; }

    public bool IsSound => !Table.IsDamaged && !Table.IsMixed && StateDamage is null;

    /// <summary>In a word. A folder is mixed when all that is wrong may come from files of different moments.</summary>
    public string Verdict => IsSound ? "Sound" : Table.IsDamaged || StateDamage is not null ? "DAMAGED" : "MIXED";

    public static async Task<Verification> OfAsync(StoppedDataFolder folder, CancellationToken cancellationToken)
    {
        var found = new Verification();
        var progress = new ProgressLine();
        var verifier = folder.CreateVerifier();
        try
        {
            await foreach (var log in verifier.VerifyAsync(progress, cancellationToken))
            {
                found._logs.Add(log.Partition, log);
                found.Table.Add(log);
            }
        }
        finally
        {
            progress.Clear();
        }

        found.Table.AddNotes(verifier.Notes);
        try
        {
            found.Compare(SqliteStateVerifier.Verify(folder.Path, StoredState.Read, hasLogs: found._logs.Count > 0), folder.Path);
        }
        catch (ReflexException error) when (error is StorageRefusedException or LogCorruptedException)
        {
            found.StateDamage = error.Message;
            found.Table.AddFinding($"damage: {error.Message}");
        }

        return found;
    }

    /// <summary>The newest event of a partition; none of one without a log, null when its log is damaged.</summary>
    public EventId? HeadOf(PartitionId partition) =>
        !_logs.TryGetValue(partition, out var log) ? EventId.None : log.IsDamaged ? null : log.Head;

    private void Compare(StoredState? state, string folder)
    {
        if (state is null)
        {
            Table.AddNotes(MissingState.Notes(folder, hasLogs: _logs.Count > 0));
            return;
        }

        Table.AddNotes(state.Streams.Select(stream => UnusedPartitions.Note(stream, _logs.ContainsKey)).OfType<string>());
        UnreadCursors = state.UnreadCursors;
        if (state.UnreadCursors > 0)
        {
            Table.AddNotes([$"{state.UnreadCursors} cursors have a form of their own, and were not compared with the logs."]);
        }

        foreach (var (consumer, cursor) in state.Cursors)
        {
            var head = _logs.GetValueOrDefault(consumer.Partition)?.Head ?? EventId.None;
            if (cursor > head)
            {
                _ahead.Add(consumer);
                Table.AddMixed(
                    consumer.Partition, new StoredCursorAheadException(consumer.Partition, consumer.Consumer, cursor, head).Message);
            }
        }
    }
}
