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

    public void Dispose() => file.Dispose();
}
