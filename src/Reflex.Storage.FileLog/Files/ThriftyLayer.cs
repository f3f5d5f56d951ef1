namespace Reflex.Storage.FileLog.Files;

/// <summary>
/// A file layer that makes room where too many files are open: it closes those of the cache that nobody uses, and tries once more.
/// </summary>
internal sealed class ThriftyLayer(IFileLayer inner, FileCache cache) : IFileLayer
{
    public IFile Open(string path, FileOpening opening) => Try(() => inner.Open(path, opening));

    public IReadOnlyList<FileEntry>? List(string folder) => Try(() => inner.List(folder));

    public void CreateFolder(string path) => inner.CreateFolder(path);

    public bool IsPrivate(string folder) => inner.IsPrivate(folder);

    public void MakePrivate(string path) => Try(() =>
    {
        inner.MakePrivate(path);
        return true;
    });

    public void FlushFolder(string path) => Try(() =>
    {
        inner.FlushFolder(path);
        return true;
    });

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    private T Try<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (IOException error) when (DiskErrors.IsOutOfFiles(error))
        {
            // Where nothing is left to close, another thread may have closed it for the same reason.
            cache.CloseUnused();
            return call();
        }
    }
}
