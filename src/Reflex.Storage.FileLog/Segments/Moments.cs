namespace Reflex.Storage.FileLog.Segments;

/// <summary>What is said where the parts of a log don't fit together, though each of them may be whole.</summary>
internal static class Moments
{
    /// <summary>How that comes about and what to do, as the rest of a sentence.</summary>
    public const string OrLost =
        "something was lost, or the files are of different moments, as in a folder that was copied while a silo used it; " +
        "restore a backup";
}
