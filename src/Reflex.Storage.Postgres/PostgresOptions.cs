namespace Reflex.Storage.Postgres;

/// <summary>Which PostgreSQL stores what a cluster must keep, and how it is used.</summary>
public sealed class PostgresOptions
{
    /// <summary>The longest <see cref="Schema"/>, as PostgreSQL cuts longer names.</summary>
    public const int MaxSchemaLength = 63;

    /// <summary>How the server is reached, as Npgsql takes it; of several hosts the one that takes writes is used.</summary>
    /// <value>Such as <c>Host=db;Database=orders;Username=reflex;Password=…</c>. There is no default.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// A file that holds the connection string, if it comes from one: its password is read again for each new connection, so that it can
    /// be changed without a restart.
    /// </summary>
    /// <value>A path. The default is null: the password stays as it is in <see cref="ConnectionString"/>.</value>
    public string? ConnectionStringFile { get; set; }

    /// <summary>The schema that holds everything, and nothing else. It is made at the start.</summary>
    /// <value>
    /// The default is <c>reflex</c>. Lower-case letters, digits and underscores, not beginning with a digit or <c>pg_</c>; at most 63.
    /// </value>
    public string Schema { get; set; } = "reflex";

    /// <summary>How long one statement may take until its outcome counts as unknown.</summary>
    /// <value>The default is 30 seconds. From 1 second to 10 minutes.</value>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How much of what all partitions of a silo append may wait for PostgreSQL at once. What is past it waits at its partition, whose own
    /// bound refuses what is past that.
    /// </summary>
    /// <value>In bytes. The default is 64 MiB. From 1 MiB to 1 GiB; a larger append goes alone.</value>
    public long MaxWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How many reads of older events a silo has at PostgreSQL at once; further ones take turns.</summary>
    /// <value>A number of connections. The default is 4. From 1 to 64.</value>
    public int MaxReads { get; set; } = 4;
}
