using Reflex.Cursors;
using Reflex.Orleans.Serialization;

namespace Reflex.Orleans.Sessions;

/// <summary>The cursor, whoever moved it, and who may.</summary>
/// <param name="Cursor">The last event that was handled; null when none was.</param>
/// <param name="Epoch">The epoch of that event; 0 when it isn't known.</param>
/// <param name="Sessions">The highest number that a session has had, 0 when there was none; null from an earlier silo.</param>
[GenerateSerializer, Immutable, Alias("reflex.GetCursorResponse")]
internal sealed record GetCursorResponse(
    [property: Id(0)] long? Cursor, [property: Id(1)] long Epoch, [property: Id(2)] long? Sessions)
{
    public CursorPlace? Place => Places.Of(Cursor, Epoch);

    public static GetCursorResponse At(CursorPlace? place, long sessions) =>
        new(place?.Id.Value, place?.Epoch ?? 0, sessions);
}
