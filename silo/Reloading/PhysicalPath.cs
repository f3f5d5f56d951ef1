namespace Reflex.Silo.Reloading;

/// <summary>Where a file really is.</summary>
internal static class PhysicalPath
{
    // As the system's own limit.
    private const int MostLinks = 40;

    /// <summary>The path without links in any of its parts, as far as they can be followed.</summary>
    /// <remarks>
    /// Whoever replaces files of a kind at once has a link to their folder, or to each of them, lead elsewhere (Kubernetes, certbot): the
    /// path by which they are named stays, this one changes.
    /// </remarks>
    public static string Of(string path) => Follow(Path.GetFullPath(path, AppContext.BaseDirectory), MostLinks);

    private static string Follow(string path, int links)
    {
        if (links == 0 || Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        var folder = Follow(parent, links);
        var place = Path.Combine(folder, Path.GetFileName(path));
        return new FileInfo(place).LinkTarget is { } target ? Follow(Path.GetFullPath(target, folder), links - 1) : place;
    }
}
