namespace Reflex.Storage.FileLog.Files;

/// <summary>What opening a file may do.</summary>
internal enum FileOpening
{
    /// <summary>It exists, and is only read.</summary>
    Read,

    /// <summary>It exists, and is read and written.</summary>
    Write,

    /// <summary>It is read and written, and made, empty, when it doesn't exist.</summary>
    Create,

    /// <summary>It is read and written, and empty, whether it existed or not.</summary>
    Replace,
}
