using Reflex.Cursors;
using Reflex.Orleans.Serialization;

namespace Reflex.Orleans.Sessions;

/// <summary>Where the session goes on.</summary>
/// <param name="Cursor">The last event that was handled; null when none was.</param>
/// <param name="Epoch">The epoch of that event; 0 when it isn't known.</param>
[GenerateSerializer, Immutable, Alias("reflex.OpenResponse")]
internal sealed record OpenResponse([property: Id(0)] long? Cursor, [property: Id(1)] long Epoch)
{
    public CursorPlace? Place => Places.Of(Cursor, Epoch);

    public static OpenResponse At(CursorPlace? place) => new(place?.Id.Value, place?.Epoch ?? 0);
}
