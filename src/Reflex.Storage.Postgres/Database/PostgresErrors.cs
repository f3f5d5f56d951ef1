using Npgsql;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Database;

/// <summary>What a failure of PostgreSQL is to whoever reads or writes.</summary>
internal static class PostgresErrors
{
    // Of SQLSTATE: connection exceptions.
    private const string ConnectionClass = "08";

    /// <summary>Whether it comes from the server, or from the way to it.</summary>
    public static bool IsDatabase(Exception error) => error is NpgsqlException or TimeoutException or IOException;

    /// <summary>Whether the statement has surely changed nothing.</summary>
    /// <remarks>The server has said so, or was never sent it. One that ends the connection may have committed before.</remarks>
    public static bool IsWithoutEffect(Exception error) => error is NoConnectionException || IsRolledBack(error);

    /// <summary>Whether the server has refused the statement and rolled it back; it takes others.</summary>
    /// <remarks>
    /// A pooler has no other way to say that its own connection to the server broke than an error of the connection's, which PgBouncer
    /// called an ERROR for long: what became of the statement nobody knows.
    /// </remarks>
    public static bool IsRolledBack(Exception error) =>
        error is PostgresException { InvariantSeverity: "ERROR" } refused
        && !refused.SqlState.StartsWith(ConnectionClass, StringComparison.Ordinal);

    /// <summary>Whether the same statement succeeds as soon as it is sent again: it was chosen to make way for others.</summary>
    public static bool IsCollision(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Whether a log is of no use any more after a failure: what has become of it is unknown, or it has another owner.</summary>
    public static bool EndsLog(LogFailedException error) => error is not (LogUnavailableException or LogFullException);

    /// <summary>The failure as the owner of a log sees it.</summary>
    public static LogFailedException ToLogFailure(PartitionId partition, string place, Exception error) => error switch
    {
        LogFailedException failure => failure,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } when IsRolledBack(error) =>
            new LogFullException(partition, place, error),
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => new LogUnavailableException(
            partition, "somebody else holds its row in PostgreSQL.", place, error),
        NoConnectionException => new LogUnavailableException(
            partition, "PostgreSQL can't be reached.", $"{place}: {error.Message}", error),
        _ when IsRolledBack(error) => new LogUnavailableException(
            partition, "PostgreSQL refused.", $"{place}: {error.Message}", error),
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
        error is not NoConnectionException && error.InnerException is { } inner and not PostgresException
            ? $"{error.Message} ({inner.Message})"
            : error.Message;
}
