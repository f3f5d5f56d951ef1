namespace Reflex.Orleans.Upkeep;

/// <summary>The stream is deleted.</summary>
/// <param name="WasThere">Whether there was something to delete.</param>
[GenerateSerializer, Immutable, Alias("reflex.DeleteStreamResponse")]
internal sealed record DeleteStreamResponse([property: Id(0)] bool WasThere);
