namespace Reflex.Orleans.Catalog;

/// <summary>A deletion of a stream, or a removal of a consumer, that hasn't ended.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Consumer">The consumer's name; null when the whole stream goes.</param>
/// <param name="Id">The deletion or removal.</param>
[GenerateSerializer, Immutable, Alias("reflex.UnfinishedRemoval")]
internal sealed record UnfinishedRemoval(
    [property: Id(0)] string Stream, [property: Id(1)] string? Consumer, [property: Id(2)] Guid Id)
{
    public override string ToString() => Consumer is null ? Stream : $"{Stream}/{Consumer}";
}
