namespace Reflex.Orleans.Calls;

/// <summary>The losses after those that the caller knows are waited for.</summary>
/// <param name="Source">Who told it of those; empty when nobody did.</param>
/// <param name="Count">How many it was told of.</param>
/// <param name="Wait">How long it waits.</param>
[GenerateSerializer, Immutable, Alias("reflex.WaitForLossRequest")]
internal sealed record WaitForLossRequest([property: Id(0)] Guid Source, [property: Id(1)] long Count, [property: Id(2)] TimeSpan Wait);
