namespace Reflex.Orleans.Sessions;

/// <summary>The session that is to hold a consumer.</summary>
[GenerateSerializer, Immutable, Alias("reflex.OpenRequest")]
internal sealed record OpenRequest([property: Id(0)] Guid Session);
