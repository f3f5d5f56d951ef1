namespace Reflex.Storage.FileLog.Files;

/// <summary>The use of an open file, until it is disposed; once.</summary>
internal readonly struct FileLease(CachedFile owner, IFile file) : IDisposable
{
    public IFile File => file;

    public void Dispose() => owner.Return();
}
