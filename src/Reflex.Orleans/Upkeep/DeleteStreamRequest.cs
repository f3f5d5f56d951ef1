namespace Reflex.Orleans.Upkeep;

/// <summary>A stream is to be deleted, with its events and its consumers' cursors.</summary>
[GenerateSerializer, Immutable, Alias("reflex.DeleteStreamRequest")]
internal sealed record DeleteStreamRequest
{
    public static DeleteStreamRequest Instance { get; } = new();
}
