namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>One recorded change of a disk.</summary>
/// <param name="Action">What was done.</param>
/// <param name="Path">The file or folder.</param>
/// <param name="File">The file's number, which it keeps under every name.</param>
/// <param name="Position">Where was written; of a length, the length.</param>
/// <param name="Bytes">What was written.</param>
/// <param name="To">The new name.</param>
internal sealed record DiskStep(
    DiskAction Action, string Path, int File = 0, long Position = 0, byte[]? Bytes = null, string? To = null);
