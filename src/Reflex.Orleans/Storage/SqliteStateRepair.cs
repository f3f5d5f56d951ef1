using Microsoft.Data.Sqlite;
using Reflex.Orleans.State;
using Reflex.Storage;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Storage;

/// <summary>Repairs the embedded database of cursors and stream definitions.</summary>
public static class SqliteStateRepair
{
    /// <summary>
    /// Moves the cursors that are ahead of their heads back to them, all or none. Their consumers get what is appended next, and nothing
    /// again.
    /// </summary>
    /// <param name="dataFolder">The data folder, which no silo uses; see <see cref="DataFolderOptions.Path"/>.</param>
    /// <param name="headOf">The newest event of a partition; null leaves its cursors as they are.</param>
    /// <returns>The cursors that were moved, as they were; none when there is no database.</returns>
    /// <exception cref="StorageRefusedException">Something else than a file is in the database's place.</exception>
    /// <exception cref="StateStoreException">The database can't be read or written.</exception>
    public static IReadOnlyList<StoredCursor> RewindCursors(string dataFolder, Func<PartitionId, EventId?> headOf)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentNullException.ThrowIfNull(headOf);
        var path = Path.Combine(dataFolder, SqliteDatabase.FileName);
        if (!DataFile.RequireRegular(path))
        {
            return [];
        }

        try
        {
            using var connection = new SqliteDatabase(path, DataAccess.Owner).Connect();
            using var transaction = connection.BeginTransaction();
            var moved = new List<StoredCursor>();
            foreach (var (consumer, payload, version) in SqliteCursors.Read(connection))
            {
                if (StateSerializer.TryReadCursor(payload) is { Cursor: { } cursor } stored
                    && headOf(consumer.Partition) is { } head && cursor > head.Value)
                {
                    SqliteCursors.Write(connection, consumer, StateSerializer.Write(stored.At(head.Value)), version + 1);
                    moved.Add(new StoredCursor(consumer, new EventId(cursor)));
                }
            }

            transaction.Commit();
            return moved;
        }
        catch (SqliteException error)
        {
            throw new StateStoreException("the cursors", error);
        }
    }
}
