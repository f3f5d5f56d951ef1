using Npgsql;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>The session at PostgreSQL that holds a log's row.</summary>
/// <param name="ProcessId">Its process there.</param>
/// <param name="Program">The name that it goes by.</param>
/// <param name="HasEnded">Whether it was ended, as its client is one of ours and froze while it held the row.</param>
internal sealed record LogHolder(int ProcessId, string Program, bool HasEnded)
{
    public static LogHolder Read(NpgsqlDataReader reader) =>
        new(reader.GetInt32(0), reader.GetString(1), reader.GetBoolean(2));
}
