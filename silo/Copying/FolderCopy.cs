using System.Globalization;
using Reflex.Orleans.State;
using Reflex.Silo.Commands;
using Reflex.Silo.Configuration;
using Reflex.Silo.Verifying;
using Reflex.Storage;
using Reflex.Storage.FileLog.Copying;
using Reflex.Storage.Sqlite;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Silo.Copying;

/// <summary>
/// Copies a data folder as a whole: first the database of cursors, then the logs, which have every event that a cursor is at.
/// </summary>
internal static class FolderCopy
{
    /// <summary>Copies, verifies the copy, gives it its name, and prints what it holds.</summary>
    /// <param name="from">The data folder.</param>
    /// <param name="to">The copy's folder, and who may use it.</param>
    /// <param name="copyState">Copies the database, if there is one.</param>
    /// <param name="done">What was done, for the last line: "Backed up".</param>
    /// <param name="stopping">Ends it; nothing is left then.</param>
    public static async Task RunAsync(
        string from, DataConfiguration to, Func<string, string, DataAccess, bool> copyState, string done, CancellationToken stopping)
    {
        var started = TimeProvider.System.GetTimestamp();
        var table = new PartitionTable();
        var heads = new Dictionary<PartitionId, EventId>();
        var progress = new ProgressLine();
        StoredState? state;
        using var copy = DataFolderCopy.Begin(from, to.Path, to.Access);
        try
        {
            var hasState = copyState(from, copy.UnfinishedPath, to.Access);
            await foreach (var log in copy.CopyLogsAsync(progress, stopping))
            {
                table.Add(log);
                heads.Add(log.Partition, log.Head);
            }

            if (!hasState)
            {
                table.AddNotes(MissingState.Notes(from, hasLogs: heads.Count > 0));
            }

            state = SqliteStateVerifier.Verify(
                copy.UnfinishedPath, StoredState.Read, hasLogs: heads.Count > 0, copyOf: from);
            Require(state, heads);
            stopping.ThrowIfCancellationRequested();
            copy.Finish();
        }
        finally
        {
            progress.Clear();
        }

        table.AddNotes(copy.Notes);
        Console.Write(table.Text());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{done} to {Path.GetFullPath(to.Path)}: {table.Events} events of {table.Partitions} partitions, " +
            $"{state?.Cursors.Count ?? 0} cursors, {table.Bytes} bytes in " +
            $"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.00} s."));
    }

    private static void Require(StoredState? state, Dictionary<PartitionId, EventId> heads)
    {
        foreach (var (consumer, cursor) in state?.Cursors ?? [])
        {
            var head = heads.GetValueOrDefault(consumer.Partition);
            if (cursor > head)
            {
                throw new StoredCursorAheadException(consumer.Partition, consumer.Consumer, cursor, head);
            }
        }
    }
}
