using Npgsql;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Database;

/// <summary>What a failure of PostgreSQL is to whoever reads or writes.</summary>
internal static class PostgresErrors
{
    /// <summary>Whether it comes from the server, or from the way to it.</summary>
    public static bool IsDatabase(Exception error) => error is NpgsqlException or TimeoutException or IOException;

    /// <summary>Whether the statement has surely changed nothing.</summary>
    /// <remarks>The server has said so. One that ends the connection may have committed before.</remarks>
    public static bool IsRolledBack(Exception error) => error is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>The failure as the owner of a log sees it.</summary>
    public static LogFailedException ToLogFailure(PartitionId partition, string place, Exception error) => error switch
    {
        LogFailedException failure => failure,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new LogFullException(partition, place, error),
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => new LogFailedException(
            partition, "somebody else holds its row in PostgreSQL; nothing was changed.", place, error),
        _ when IsRolledBack(error) => new LogFailedException(
            partition, "PostgreSQL refused; nothing was changed.", $"{place}: {error.Message}", error),
        _ => new LogFailedException(
            partition, "PostgreSQL can't be reached, or didn't answer.", $"{place}: {Tell(error)}", error),
    };

    /// <summary>The failure as the grain sees it whose state was read or written.</summary>
    public static Exception ToStateFailure(string state, string grain, Exception error) =>
        error as ReflexException ?? new StateStoreException($"the state '{state}' of {grain}", error);

    /// <summary>That a log's row isn't as its owner left it: a restored backup, a standby that lacks commits, or somebody's hand.</summary>
    public static LogFailedException Changed(PartitionId partition, string place) => new(
        partition,
        "its row in PostgreSQL isn't as its owner left it; it is opened again, and what is there counts.",
        place,
        innerException: null);

    /// <summary>The failure in one line, with its cause where that says more.</summary>
    public static string Tell(Exception error) =>
        error.InnerException is { } inner && inner is not PostgresException ? $"{error.Message} ({inner.Message})" : error.Message;
}
