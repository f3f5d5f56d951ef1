namespace Reflex.Orleans.Catalog;

/// <summary>What became of a stream that was to be defined.</summary>
/// <param name="IsNew">Whether this call created it; otherwise it was there, defined the same.</param>
[GenerateSerializer, Immutable, Alias("reflex.DefineStreamResponse")]
internal sealed record DefineStreamResponse([property: Id(0)] bool IsNew);
