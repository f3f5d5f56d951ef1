namespace Reflex.Silo.Settings;

/// <summary><c>Reflex:Storage</c>: what keeps events, cursors, stream definitions and the membership.</summary>
internal enum StorageKind
{
    /// <summary>The data folder, for a silo alone.</summary>
    Files,

    /// <summary>PostgreSQL, for a cluster.</summary>
    Postgres,
}
