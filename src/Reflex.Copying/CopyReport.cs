namespace Reflex.Copying;

/// <summary>What a copy holds.</summary>
/// <param name="Partitions">How many logs.</param>
/// <param name="Deleted">How many logs that were deleted, of which the heads and epochs are kept.</param>
/// <param name="Events">How many events.</param>
/// <param name="Imported">How many of them this run has brought; the others were there.</param>
/// <param name="Bytes">What the events take.</param>
/// <param name="Records">How many records of state: cursors, and parts of the catalog.</param>
/// <param name="IsVerified">Whether both were read and compared.</param>
/// <param name="HasState">Whether the source has state beside its logs; else cursors and definitions are elsewhere, or lost.</param>
public sealed record CopyReport(
    int Partitions, int Deleted, long Events, long Imported, long Bytes, int Records, bool IsVerified, bool HasState);
