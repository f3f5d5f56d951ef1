namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>What changes a disk, or what it may keep of a change.</summary>
internal enum DiskAction
{
    CreateFolder,
    Create,
    Rename,
    Delete,
    FlushFolder,
    Write,
    SetLength,
    Flush,

    /// <summary>A flush that failed: what it covered counts as clean, whether the device has it or not.</summary>
    FailedFlush,
}
