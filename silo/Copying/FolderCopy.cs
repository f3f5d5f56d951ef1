using System.Globalization;
using Reflex.Orleans.State;
using Reflex.Silo.Commands;
using Reflex.Silo.Configuration;
using Reflex.Storage;
using Reflex.Storage.FileLog.Copying;
using Reflex.Storage.Sqlite;
using Reflex.Streams;
using Reflex.Verifying;

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
        var report = new FolderReport();
        var logs = new Dictionary<PartitionId, LogVerification>();
        var progress = CommandOutput.Progress();
        StoredState? state;
        using var copy = DataFolderCopy.Begin(from, to.Path, to.Access);
        try
        {
            var hasState = copyState(from, copy.UnfinishedPath, to.Access);
            await foreach (var log in copy.CopyLogsAsync(progress, stopping))
            {
                report.Add(log);
                logs.Add(log.Partition, log);
            }

            if (!hasState)
            {
                report.AddNotes(MissingState.Notes(from, hasLogs: logs.Count > 0));
            }

            state = SqliteStateVerifier.Verify(
                copy.UnfinishedPath, StoredState.Read, hasLogs: logs.Count > 0, copyOf: from);
            Compare(state, logs, report);
            stopping.ThrowIfCancellationRequested();
            copy.Finish();
        }
        finally
        {
            progress?.Clear();
        }

        report.AddNotes(copy.Notes);
        CommandOutput.Write(report);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{done} to {Path.GetFullPath(to.Path)}: {report.Events} events of {report.Partitions} partitions, " +
            $"{state?.Cursors.Count ?? 0} cursors, {report.Bytes} bytes in " +
            $"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.00} s."));
    }

    /// <summary>
    /// Refuses cursors that are ahead, whose partitions no silo serves. Those of another life are copied as they are: their consumers wait
    /// for somebody's decision, here and in the copy.
    /// </summary>
    private static void Compare(StoredState? state, Dictionary<PartitionId, LogVerification> logs, FolderReport report)
    {
        foreach (var cursor in state?.Cursors ?? [])
        {
            switch (cursor.CompareWith(logs.GetValueOrDefault(cursor.Consumer.Partition)))
            {
                case StoredCursorAheadException ahead:
                    throw ahead;
                case { } finding:
                    report.AddNotes([cursor.Tell(finding)]);
                    break;
            }
        }
    }
}
