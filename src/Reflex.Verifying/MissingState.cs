namespace Reflex.Verifying;

/// <summary>What is to be said of a data folder without the database of cursors.</summary>
public static class MissingState
{
    /// <summary>Sentences for a report on the folder.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="hasLogs">Whether it has logs.</param>
    /// <returns>One, or none where there are no logs either.</returns>
    public static IEnumerable<string> Notes(string folder, bool hasLogs) => hasLogs
        ? [$"{folder} has logs and no database reflex.db: the cursors and stream definitions are stored elsewhere, or lost."]
        : [];
}
