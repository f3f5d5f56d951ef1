namespace Reflex.Storage.FileLog.Partitions;

/// <summary>A log as a new owner has it.</summary>
/// <param name="Epoch">The new owner's number.</param>
/// <param name="State">What the log holds.</param>
/// <param name="Tail">How it ends; null when it has no segment.</param>
/// <param name="MayImport">Whether it has had no events but imported ones.</param>
internal sealed record RecoveredLog(long Epoch, LogState State, LogTail? Tail, bool MayImport);
