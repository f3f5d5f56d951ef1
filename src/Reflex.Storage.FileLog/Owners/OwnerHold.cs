using System.Buffers;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Owners;

/// <summary>A partition's lock, held.</summary>
internal readonly struct OwnerHold(FileLease lease, string path) : IDisposable
{
    /// <summary>Reads who owns the partition.</summary>
    /// <exception cref="StorageRefusedException">A newer version wrote it.</exception>
    public OwnerState Read()
    {
        var bytes = ArrayPool<byte>.Shared.Rent(OwnerFile.FileSize);
        try
        {
            var read = lease.File.Read(bytes.AsSpan(0, OwnerFile.FileSize), 0);
            bytes.AsSpan(read..OwnerFile.FileSize).Clear();
            var first = ReadSlot(bytes.AsSpan(0, OwnerRecord.Size), out var firstRecord);
            var second = ReadSlot(bytes.AsSpan(OwnerFile.SlotDistance, OwnerRecord.Size), out var secondRecord);
            var isDamaged = (first == SlotState.Damaged) || (second == SlotState.Damaged);
            return secondRecord.Epoch > firstRecord.Epoch
                ? new OwnerState(secondRecord, NextSlot: 0, isDamaged)
                : new OwnerState(firstRecord, first == SlotState.Valid ? OwnerFile.SlotDistance : 0, isDamaged);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

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

    private SlotState ReadSlot(ReadOnlySpan<byte> bytes, out OwnerRecord record)
    {
        var version = OwnerRecord.Read(bytes, out record);
        if (version > OwnerRecord.Version)
        {
            throw new StorageRefusedException(
                $"The owner file {path} has format version {version} and this program knows up to {OwnerRecord.Version}: " +
                "use the newer program.");
        }

        return version > 0 ? SlotState.Valid : bytes.ContainsAnyExcept((byte)0) ? SlotState.Damaged : SlotState.Empty;
    }

    private enum SlotState
    {
        Empty,
        Valid,
        Damaged,
    }
}
