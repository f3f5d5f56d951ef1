using Reflex.Events;
using Reflex.Orleans.Serialization;
using Reflex.Storage;

namespace Reflex.Orleans.Partitions;

/// <summary>A page on its way to a reader.</summary>
/// <param name="Blocks">Its batches.</param>
/// <param name="Oldest">The oldest retained event.</param>
/// <param name="Head">The newest event.</param>
/// <param name="ReadTo">The last event that was looked at, of a page of some events only; else null.</param>
/// <param name="ReadToEpoch">The epoch of that event.</param>
[GenerateSerializer, Immutable, Alias("reflex.PageResponse")]
internal sealed record PageResponse(
    [property: Id(0)] Blocks Blocks,
    [property: Id(1)] long Oldest,
    [property: Id(2)] long Head,
    [property: Id(3)] long? ReadTo,
    [property: Id(4)] long ReadToEpoch)
{
    public static PageResponse Of(LogPage page) => new(
        new Blocks([.. page.Blocks]), page.Oldest.Value, page.Head.Value, page.ReadTo?.Id.Value, page.ReadTo?.Epoch ?? 0);

    public LogPage ToPage() =>
        new(Blocks.Items, new EventId(Oldest), new EventId(Head)) { ReadTo = Places.Of(ReadTo, ReadToEpoch) };
}
