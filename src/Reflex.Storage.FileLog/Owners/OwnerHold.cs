using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Owners;

/// <summary>A partition's lock, held.</summary>
internal readonly struct OwnerHold(FileLease lease, string path) : IDisposable
{
    /// <summary>Reads who owns the partition.</summary>
    /// <exception cref="StorageRefusedException">A newer version wrote it.</exception>
    public OwnerState Read() => OwnerFile.Read(lease.File, path);

    /// <summary>Makes an owner the stored one, durably.</summary>
    public void Take(OwnerRecord record, OwnerState before)
    {
        if (lease.File.Length < OwnerFile.FileSize)
        {
            var whole = new byte[OwnerFile.FileSize];
            record.Write(whole.AsSpan(before.NextSlot));
            lease.File.Write(whole, 0);
        }
        else
        {
            Span<byte> slot = stackalloc byte[OwnerRecord.Size];
            record.Write(slot);
            lease.File.Write(slot, before.NextSlot);
        }

        lease.File.Flush();
    }

    public void Dispose()
    {
        try
        {
            lease.File.Unlock();
        }
        finally
        {
            lease.Dispose();
        }
    }
}
