namespace Reflex.Orleans.Catalog;

/// <summary>The stream is stored as it was asked for.</summary>
/// <param name="IsNew">Whether it wasn't there before.</param>
[GenerateSerializer, Immutable, Alias("reflex.DefineStreamResponse")]
internal sealed record DefineStreamResponse([property: Id(0)] bool IsNew);
