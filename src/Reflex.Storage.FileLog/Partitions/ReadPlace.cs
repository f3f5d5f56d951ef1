using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>Where a batch begins, or will begin.</summary>
internal readonly record struct ReadPlace(Segment Segment, long BaseId, long Position);
