using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>What all logs of the process share.</summary>
internal sealed class LogContext : IDisposable
{
    public LogContext(PostgresDatabase database, PostgresOptions options)
    {
        Database = database;
        Statements = new LogStatements(database.Schema);
        Opener = new LogOpener(database, Statements);
        Owners = new LogOwners(database, Statements);
        Room = new ByteRoom(options.MaxWaitingBytes);
        Writer = new LogWriter(database, Statements, Owners);
        Sweeper = new LogSweeper(database, Statements);
        Pages = new LogPages(database, Statements, options.MaxReads);
    }

    public PostgresDatabase Database { get; }

    public LogStatements Statements { get; }

    public LogOpener Opener { get; }

    /// <summary>What the appends take that wait for the writer.</summary>
    public ByteRoom Room { get; }

    public LogWriter Writer { get; }

    public LogOwners Owners { get; }

    public LogSweeper Sweeper { get; }

    public LogPages Pages { get; }

    public void Dispose() => Pages.Dispose();
}
