using Reflex.Cursors;

namespace Reflex.AspNetCore.Reading;

/// <summary>
/// How far a stream was read where no event came that its client wants. Told to the client now and then, so that it doesn't begin again
/// further back. One sets it, another takes it.
/// </summary>
internal sealed class ReadMark
{
    private Place? _place;

    public void Set(Cursor cursor) => Volatile.Write(ref _place, new Place(cursor));

    /// <summary>Forgets it, since an event after it comes.</summary>
    public void Clear() => Volatile.Write(ref _place, null);

    /// <summary>What was set since it was taken last.</summary>
    public bool TryTake(out Cursor cursor)
    {
        var place = Interlocked.Exchange(ref _place, null);
        cursor = place?.Cursor ?? Cursor.Empty;
        return place is not null;
    }

    private sealed record Place(Cursor Cursor);
}
