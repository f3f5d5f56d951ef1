namespace Reflex.Storage.FileLog.Files;

/// <summary>An open file. Reads may run beside everything else; a writer is alone.</summary>
/// <remarks>Failures throw <see cref="IOException"/>; one for want of room answers to <see cref="DiskErrors.IsFull"/>.</remarks>
internal interface IFile : IDisposable
{
    long Length { get; }

    /// <summary>Fills the destination as far as the file goes, and answers how far that was.</summary>
    int Read(Span<byte> destination, long position);

    /// <summary>Fills the destination as far as the file goes, if that needs no waiting for the device.</summary>
    /// <returns>Whether it did; false also where nobody can tell. Part of the destination may have been written then.</returns>
    bool TryRead(Span<byte> destination, long position, out int read);

    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>Writes blocks back to back.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> blocks, long position);

    void SetLength(long length);

    /// <summary>Returns when everything written to the file, and its length, is on the device.</summary>
    void Flush();

    /// <summary>Waits for the file's one lock. It belongs to this open file, not to the process: a second one waits too.</summary>
    void Lock();

    /// <summary>Takes the file's lock if nobody has it. Closing the file, or the end of the process, gives it back.</summary>
    bool TryLock();

    void Unlock();
}
