namespace Reflex.Silo.Settings;

/// <summary>The PostgreSQL of a cluster, below <c>Reflex:Postgres</c>.</summary>
internal sealed class PostgresSettings
{
    /// <summary>How it is reached; null where <see cref="ConnectionStringFile"/> says it.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>A file that holds the connection string, such as a mounted secret; null where it is in the settings.</summary>
    public string? ConnectionStringFile { get; set; }

    /// <summary>The schema that holds everything; null means <c>reflex</c>.</summary>
    public string? Schema { get; set; }
}
