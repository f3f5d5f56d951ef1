using Reflex.Orleans.State;
using Reflex.Silo.Commands;
using Reflex.Storage;
using Reflex.Storage.FileLog;
using Reflex.Storage.Sqlite;
using Reflex.Verifying;

namespace Reflex.Silo.Repairing;

/// <summary>The command <c>rewind-cursors FOLDER</c>: the way on where a log has lost its end and there is no backup.</summary>
internal static class RewindCommand
{
    private const string Usage =
        """
        rewind-cursors FOLDER
          moves the cursors of a data folder that no silo uses back to their heads where they are ahead, and prints which
          ends with 0 when no cursor is ahead any more, 1 when one is or may be, since its log or the database is damaged or its form isn't
          known, 2 when it can't be done
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] arguments) => new FolderCommand("rewind cursors", Usage).RunAsync(
        arguments,
        async (folder, _, stopping) =>
        {
            using var held = StoppedDataFolder.Hold(folder);
            var found = await FolderVerification.OfAsync(held, CommandOutput.Progress(), stopping);
            if (found.StateDamage is { } damage)
            {
                throw new LogCorruptedException(damage);
            }

            var changed = SqliteStateRepair.Change(held.Path, record => StoredState.Rewind(record, found.HeadOf));
            var moved = StoredState.Read(changed).Cursors;
            foreach (var (consumer, cursor) in moved)
            {
                Console.WriteLine($"{consumer}: from {cursor.Id} back to {found.HeadOf(consumer.Partition)}");
            }

            var left = found.Ahead.Where(consumer => found.HeadOf(consumer.Partition) is null).ToList();
            left.ForEach(consumer => Console.WriteLine($"{consumer}: left as it is, since the log is damaged: restore a backup"));
            Console.WriteLine($"Cursors moved: {moved.Count}; still ahead: {left.Count}.");
            if (found.UnreadCursors > 0)
            {
                Console.WriteLine($"{found.UnreadCursors} cursors have a form of their own, and may be ahead.");
            }

            return left.Count == 0 && found.UnreadCursors == 0 ? ExitCodes.Done : ExitCodes.Unsound;
        });
}
