using Microsoft.Data.Sqlite;

namespace Reflex.Storage.Sqlite;

/// <summary>Repairs the embedded database of cursors and stream definitions.</summary>
public static class SqliteStateRepair
{
    /// <summary>Changes records, all or none.</summary>
    /// <param name="dataFolder">The data folder, which no silo uses; see <see cref="DataFolderOptions.Path"/>.</param>
    /// <param name="change">What to store instead of a record; null leaves it as it is.</param>
    /// <returns>The records that were changed, as they were; none when there is no database.</returns>
    /// <exception cref="StorageRefusedException">Something else than a file is in the database's place.</exception>
    /// <exception cref="StateStoreException">The database can't be read or written.</exception>
    public static IReadOnlyList<StateRecord> Change(string dataFolder, Func<StateRecord, byte[]?> change)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentNullException.ThrowIfNull(change);
        var path = Path.Combine(dataFolder, SqliteDatabase.FileName);
        if (!DataFile.RequireRegular(path))
        {
            return [];
        }

        try
        {
            using var connection = new SqliteDatabase(path, DataAccess.Owner).Connect();
            using var transaction = connection.BeginTransaction();
            var changed = new List<(StateRecord Record, byte[] Payload)>();
            foreach (var record in SqliteRecords.Read(connection))
            {
                if (change(record) is { } payload)
                {
                    changed.Add((record, payload));
                }
            }

            changed.ForEach(each => SqliteRecords.Write(connection, each.Record with { Payload = each.Payload }));
            transaction.Commit();
            return changed.ConvertAll(each => each.Record);
        }
        catch (SqliteException error)
        {
            throw new StateStoreException("the cursors", error);
        }
    }
}
