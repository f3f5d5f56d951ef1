using Microsoft.Data.Sqlite;

namespace Reflex.Storage.Sqlite;

/// <summary>What a failure of the SQLite file is to whoever reads or writes it.</summary>
internal static class SqliteErrors
{
    private const int NotPermitted = 3;
    private const int NotWritable = 8;
    private const int Damaged = 11;
    private const int Full = 13;
    private const int NoDatabase = 26;

    /// <summary>Whether no later try mends it: the file is of no use, or not ours to use.</summary>
    public static bool IsFinal(Exception error) =>
        error is UnauthorizedAccessException
        || error is SqliteException { SqliteErrorCode: Damaged or NoDatabase or NotWritable or NotPermitted };

    /// <summary>The failure as the grain sees it whose state was read or written.</summary>
    public static Exception Of(string state, string grain, Exception error) =>
        error as ReflexException ?? new StateStoreException($"the state '{state}' of {grain}", error);

    /// <summary>The failure of a copy.</summary>
    public static ReflexException OfCopy(string path, string target, SqliteException error) => error.SqliteErrorCode switch
    {
        Full => new StorageRefusedException(
            $"There is no room left in {target} for a copy of {path}: make some, or name another disk.", error),
        Damaged or NoDatabase => new StorageRefusedException(
            $"The database {path} is damaged ({error.Message}): stop the silo and verify the folder.", error),
        _ when IsFinal(error) => new StorageRefusedException($"The database {path} can't be copied: {error.Message}", error),
        _ => new StateStoreException($"a copy of the database {path}", error),
    };
}
