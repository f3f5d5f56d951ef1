using Reflex.Cursors;
using Reflex.Orleans.Serialization;

namespace Reflex.Orleans.Sessions;

/// <summary>The cursor of a consumer that needs no session.</summary>
/// <param name="Cursor">The last event that was handled; null when none was.</param>
/// <param name="Epoch">The epoch of that event; 0 when it isn't known.</param>
/// <param name="Number">
/// One more than the highest that there was when the change began, of all its tries the same: where it isn't higher any more, something was
/// changed since, and nothing is stored. 0 from earlier callers, whose changes are made whenever they come.
/// </param>
[GenerateSerializer, Immutable, Alias("reflex.StoreCursorRequest")]
internal sealed record StoreCursorRequest(
    [property: Id(0)] long? Cursor, [property: Id(1)] long Epoch, [property: Id(2)] long Number)
{
    public CursorPlace? Place => Places.Of(Cursor, Epoch);

    public static StoreCursorRequest At(CursorPlace? place, long number) => new(place?.Id.Value, place?.Epoch ?? 0, number);
}
