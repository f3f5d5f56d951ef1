using Reflex.Cursors;
using Reflex.Orleans.Serialization;

namespace Reflex.Orleans.Sessions;

/// <summary>What is stored of a consumer on one partition.</summary>
/// <param name="Cursor">The last event that it handled; null when it has handled none.</param>
/// <param name="IsStopped">Whether somebody stopped it.</param>
/// <param name="IsHeld">
/// Whether a session holds it, or held it last. A session is stored before it moves the cursor, and whatever else moves it is
/// stored at once: so only of such a part the grain may know a newer cursor.
/// </param>
/// <param name="Epoch">The epoch of the event that it handled last; 0 when it isn't known.</param>
[GenerateSerializer, Immutable, Alias("reflex.StoredPart")]
internal readonly record struct StoredPart(
    [property: Id(0)] long? Cursor,
    [property: Id(1)] bool IsStopped,
    [property: Id(2)] bool IsHeld,
    [property: Id(3)] long Epoch)
{
    public CursorPlace? Place => Places.Of(Cursor, Epoch);
}
