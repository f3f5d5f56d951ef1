namespace Reflex.Storage.FileLog.Files;

/// <summary>Everything that the log does to the disk goes through here: one call, one action, no policy. Thread-safe.</summary>
/// <remarks>
/// Nothing is durable until it is flushed: a file's bytes and length by <see cref="IFile.Flush"/>, the names in a folder (made,
/// renamed, deleted) by <see cref="FlushFolder"/>. Until then a crash may keep any part of it.
/// </remarks>
internal interface IFileLayer
{
    /// <exception cref="StorageRefusedException">What is there is no regular file.</exception>
    IFile Open(string path, FileOpening opening);

    /// <summary>The names in a folder, in no order; null when there is no such folder.</summary>
    IReadOnlyList<FileEntry>? List(string folder);

    /// <summary>Makes a folder in one that exists; one that is there already is fine.</summary>
    void CreateFolder(string path);

    /// <summary>Whether a folder is as closed to other users as it is to be.</summary>
    bool IsPrivate(string folder);

    /// <summary>Closes a file or folder to other users; nothing happens to a link.</summary>
    /// <exception cref="UnauthorizedAccessException">It belongs to somebody else.</exception>
    void MakePrivate(string path);

    void FlushFolder(string path);

    /// <summary>Gives a file another name, at once and in place of a file that has it.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; one that isn't there is fine.</summary>
    void Delete(string path);
}
