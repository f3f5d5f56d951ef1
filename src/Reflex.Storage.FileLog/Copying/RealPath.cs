namespace Reflex.Storage.FileLog.Copying;

/// <summary>Where a path leads, whatever links are on the way.</summary>
internal static class RealPath
{
    public static string Of(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var real = Path.GetPathRoot(path)!;
        foreach (var name in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, name);
            real = Directory.Exists(next) && Directory.ResolveLinkTarget(next, returnFinalTarget: true) is { } target
                ? Of(target.FullName)
                : next;
        }

        return real;
    }

    /// <summary>Whether a path is a folder's own or leads into it.</summary>
    public static bool IsIn(string folder, string path)
    {
        var (outer, inner) = (Of(folder), Of(path));
        return inner == outer || inner.StartsWith(Path.TrimEndingDirectorySeparator(outer) + Path.DirectorySeparatorChar, Comparison);
    }

    private static StringComparison Comparison =>
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
}
