namespace Reflex.Storage.FileLog.Segments;

/// <summary>What a segment knows of the event before its first one, which may be gone.</summary>
/// <param name="Epoch">Its epoch; 0 when there never was one.</param>
/// <param name="AppendedAt">When it was appended, in ticks since 1970; 0 when there never was one.</param>
internal readonly record struct PreviousEvent(long Epoch, long AppendedAt);
