namespace Reflex.Storage.FileLog.Files;

/// <summary>A file for a thread that may wait for the device, or for one that may not.</summary>
/// <param name="File">What is read.</param>
/// <param name="MayWait">Whether the thread may wait.</param>
internal readonly record struct ReadableFile(IFile File, bool MayWait)
{
    /// <summary>Fills the destination as far as the file goes; false when the thread would have to wait and may not.</summary>
    public bool TryRead(Span<byte> destination, long position, out int read)
    {
        if (!MayWait)
        {
            return File.TryRead(destination, position, out read);
        }

        read = File.Read(destination, position);
        return true;
    }
}
