using Npgsql;

namespace Reflex.Storage.Postgres.Database;

/// <summary>No connection could be had: PostgreSQL was sent nothing, and has done nothing.</summary>
internal sealed class NoConnectionException(Exception cause) : NpgsqlException(PostgresErrors.Tell(cause), cause);
