using System.Buffers;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Owners;

/// <summary>A partition's owner file: its lock, and in it the owner's epoch.</summary>
/// <remarks>
/// <para>Whoever appends, trims or opens holds the file's lock while it looks at the epoch and does its work. So an owner whose
/// epoch is still the stored one may write until it lets go, and one that finds a newer epoch has never written beside it. The
/// lock belongs to an open file, so that two owners in one process exclude each other like two processes do.</para>
/// <para>There are two slots, written in turn and in place: a torn write leaves the other one, nothing is renamed under the
/// lock, and a full disk can't keep a new owner out.</para>
/// </remarks>
internal sealed class OwnerFile(CachedFile file) : IDisposable
{
    public const int SlotDistance = 4096;
    public const int FileSize = SlotDistance * 2;

    /// <summary>Waits until nobody else works on the partition. The hold ends with the result's disposal.</summary>
    public OwnerHold Hold()
    {
        var lease = file.Rent();
        try
        {
            lease.File.Lock();
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        return new OwnerHold(lease, file.Path);
    }

    /// <summary>Reads who owns the partition while somebody may be writing it, and waits for nobody.</summary>
    /// <remarks>
    /// A slot that is torn since a new owner is writing it counts as that owner not being there yet, which is true: it goes on only when
    /// its slot is flushed. The present owner's slot is never the one that the next owner writes.
    /// </remarks>
    /// <exception cref="StorageRefusedException">A newer version wrote it.</exception>
    public OwnerState Look()
    {
        using var lease = file.Rent();
        return Read(lease.File, file.Path);
    }

    /// <summary>Reads it as <see cref="Look"/> does, if that needs no waiting for the device; else null.</summary>
    /// <exception cref="StorageRefusedException">A newer version wrote it.</exception>
    public OwnerState? TryLook()
    {
        if (file.TryRent() is not { } lease)
        {
            return null;
        }

        using (lease)
        {
            return Read(new ReadableFile(lease.File, MayWait: false), file.Path);
        }
    }

    /// <summary>Reads who owns the partition, from a file that the caller has locked, or knows how to take a torn slot of.</summary>
    /// <exception cref="StorageRefusedException">A newer version wrote it.</exception>
    public static OwnerState Read(IFile file, string path) => Read(new ReadableFile(file, MayWait: true), path)!.Value;

    public void Dispose() => file.Dispose();

    /// <summary>Reads who owns the partition; null when the thread would have to wait and may not.</summary>
    private static OwnerState? Read(ReadableFile file, string path)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(FileSize);
        try
        {
            if (!file.TryRead(bytes.AsSpan(0, FileSize), 0, out var read))
            {
                return null;
            }

            bytes.AsSpan(read..FileSize).Clear();
            var first = ReadSlot(path, bytes.AsSpan(0, OwnerRecord.Size), out var firstRecord);
            var second = ReadSlot(path, bytes.AsSpan(SlotDistance, OwnerRecord.Size), out var secondRecord);
            var isDamaged = (first == SlotState.Damaged) || (second == SlotState.Damaged);
            return secondRecord.Epoch > firstRecord.Epoch
                ? new OwnerState(secondRecord, NextSlot: 0, isDamaged)
                : new OwnerState(firstRecord, first == SlotState.Valid ? SlotDistance : 0, isDamaged);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static SlotState ReadSlot(string path, ReadOnlySpan<byte> bytes, out OwnerRecord record)
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
