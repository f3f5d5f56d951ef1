using Reflex.Cursors;
using Reflex.Orleans.Serialization;

namespace Reflex.Orleans.Consumers;

/// <summary>Where a consumer is to go on.</summary>
/// <param name="Cursor">The last event that counts as handled; null starts over with the oldest retained event.</param>
/// <param name="Epoch">The epoch of that event; 0 when it isn't known.</param>
[GenerateSerializer, Immutable, Alias("reflex.SetCursorRequest")]
internal sealed record SetCursorRequest([property: Id(0)] long? Cursor, [property: Id(1)] long Epoch)
{
    public CursorPlace? Place => Places.Of(Cursor, Epoch);

    public static SetCursorRequest At(CursorPlace? place) => new(place?.Id.Value, place?.Epoch ?? 0);
}
