namespace Reflex.Orleans.Upkeep;

/// <summary>The consumer is removed.</summary>
/// <param name="WasThere">Whether there was something to remove.</param>
[GenerateSerializer, Immutable, Alias("reflex.RemoveConsumerResponse")]
internal sealed record RemoveConsumerResponse([property: Id(0)] bool WasThere);
