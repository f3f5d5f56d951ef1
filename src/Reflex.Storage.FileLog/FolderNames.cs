namespace Reflex.Storage.FileLog;

/// <summary>The names in a folder.</summary>
/// <param name="Own">The file log's.</param>
/// <param name="Foreign">Somebody else's, which are left alone.</param>
/// <param name="Refused">Those that look like the file log's own and aren't.</param>
internal sealed record FolderNames(IReadOnlyList<string> Own, IReadOnlyList<string> Foreign, IReadOnlyList<string> Refused)
{
    public IReadOnlyList<string> NotOwn => [.. Foreign, .. Refused];
}
