namespace Reflex.Orleans.Sessions;

/// <summary>The cursor of a consumer that needs no session.</summary>
/// <param name="Cursor">The last event that was handled; null when none was.</param>
[GenerateSerializer, Immutable, Alias("reflex.StoreCursorRequest")]
internal sealed record StoreCursorRequest([property: Id(0)] long? Cursor);
