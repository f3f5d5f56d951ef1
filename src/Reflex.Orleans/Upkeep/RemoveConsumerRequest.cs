namespace Reflex.Orleans.Upkeep;

/// <summary>A consumer of the stream is to be removed, with its cursors.</summary>
[GenerateSerializer, Immutable, Alias("reflex.RemoveConsumerRequest")]
internal sealed record RemoveConsumerRequest([property: Id(0)] string Consumer);
