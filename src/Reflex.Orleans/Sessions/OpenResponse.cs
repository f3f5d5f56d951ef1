namespace Reflex.Orleans.Sessions;

/// <summary>Where the session goes on.</summary>
/// <param name="Cursor">The last event that was handled; null when none was.</param>
[GenerateSerializer, Immutable, Alias("reflex.OpenResponse")]
internal sealed record OpenResponse([property: Id(0)] long? Cursor);
