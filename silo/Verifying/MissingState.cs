namespace Reflex.Silo.Verifying;

/// <summary>What is to be said of a data folder without the database of cursors.</summary>
internal static class MissingState
{
    /// <summary>The notes; none where there are no logs either.</summary>
    public static IEnumerable<string> Notes(string folder, bool hasLogs) => hasLogs
        ? [$"{folder} has logs and no database reflex.db: the cursors and stream definitions are stored elsewhere, or lost."]
        : [];
}
