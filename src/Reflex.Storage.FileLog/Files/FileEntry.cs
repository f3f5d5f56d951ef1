namespace Reflex.Storage.FileLog.Files;

/// <summary>A name in a folder. The length of a folder is 0.</summary>
internal readonly record struct FileEntry(string Name, long Length, bool IsFolder);
