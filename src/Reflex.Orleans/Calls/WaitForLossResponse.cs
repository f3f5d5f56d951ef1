namespace Reflex.Orleans.Calls;

/// <summary>How often calls may have been lost.</summary>
/// <param name="Source">Whose count it is: that of a silo, since its start.</param>
/// <param name="Count">How often until this answer.</param>
[GenerateSerializer, Immutable, Alias("reflex.WaitForLossResponse")]
internal sealed record WaitForLossResponse([property: Id(0)] Guid Source, [property: Id(1)] long Count);
