namespace Reflex.Orleans.Consumers;

/// <summary>Where a consumer is to go on.</summary>
/// <param name="Cursor">The last event that counts as handled; null starts over with the oldest retained event.</param>
[GenerateSerializer, Immutable, Alias("reflex.SetCursorRequest")]
internal sealed record SetCursorRequest([property: Id(0)] long? Cursor);
