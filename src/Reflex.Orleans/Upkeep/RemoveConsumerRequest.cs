namespace Reflex.Orleans.Upkeep;

/// <summary>A consumer of the stream is to be removed, with its cursors.</summary>
/// <param name="Consumer">Its name.</param>
/// <param name="Continued">The removal that is to be gone on with, and no other; null begins one.</param>
[GenerateSerializer, Immutable, Alias("reflex.RemoveConsumerRequest")]
internal sealed record RemoveConsumerRequest([property: Id(0)] string Consumer, [property: Id(1)] Guid? Continued = null);
