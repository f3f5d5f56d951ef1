namespace Reflex.Storage.FileLog.Verifying;

/// <summary>A segment among the others.</summary>
/// <param name="Path">Its file.</param>
/// <param name="IndexPath">Its index, which may be missing.</param>
/// <param name="BaseId">The id that its name says.</param>
/// <param name="NextBaseId">The one that the next segment's name says; 0 for the newest segment.</param>
/// <param name="HasIndex">Whether the index is there.</param>
internal sealed record SegmentPlace(string Path, string IndexPath, long BaseId, long NextBaseId, bool HasIndex)
{
    public bool IsNewest => NextBaseId == 0;
}
