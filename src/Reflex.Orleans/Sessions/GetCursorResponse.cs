namespace Reflex.Orleans.Sessions;

/// <summary>The cursor, whoever moved it.</summary>
/// <param name="Cursor">The last event that was handled; null when none was.</param>
[GenerateSerializer, Immutable, Alias("reflex.GetCursorResponse")]
internal sealed record GetCursorResponse([property: Id(0)] long? Cursor);
