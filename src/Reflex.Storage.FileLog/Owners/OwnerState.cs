namespace Reflex.Storage.FileLog.Owners;

/// <summary>What an owner file says.</summary>
/// <param name="Current">The newest owner; epoch 0 when there is none yet.</param>
/// <param name="NextSlot">Where the next owner is written: over the older slot, or over the damaged one.</param>
/// <param name="IsDamaged">Whether a slot is neither empty nor whole: the trace of a torn write, or of a damaged disk.</param>
internal readonly record struct OwnerState(OwnerRecord Current, int NextSlot, bool IsDamaged)
{
    /// <summary>Whether the log was deleted and not opened since. A damaged slot may be that of an owner which has opened it.</summary>
    public bool IsDeleted => Current.IsDeleted && !IsDamaged;
}
