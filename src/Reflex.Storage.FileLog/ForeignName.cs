namespace Reflex.Storage.FileLog;

/// <summary>Tells a name that somebody else has made from one that looks like the file log's own and isn't.</summary>
/// <remarks>
/// Systems, network file systems, editors and people leave files everywhere; none of them is mistaken for a part of a log, so that
/// they are left alone. A name that looks like one of ours may be a part of a log that somebody has moved or renamed, or a newer
/// version's: nothing is done beside it until somebody has looked.
/// </remarks>
internal static class ForeignName
{
    private static readonly string[] OwnBeginnings = ["owner", "format", "lock", "streams", "reflex.db"];
    private static readonly string[] OwnExtensions = [".log", ".idx", ".tmp"];

    // Of the root of an ext file system, and of Windows' folders.
    private static readonly string[] SystemNames = ["lost+found", "Thumbs.db", "desktop.ini"];

    public static bool LooksOwn(string name) =>
        !IsSystems(name)
        && (char.IsAsciiDigit(name[0])
            || OwnBeginnings.Any(beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            || OwnExtensions.Any(extension => name.Contains(extension, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether a system or an editor has made it, unasked and mostly unseen.</summary>
    public static bool IsSystems(string name) =>
        name[0] is '.' or '#' || name[^1] == '~' || SystemNames.Contains(name, StringComparer.OrdinalIgnoreCase);
}
