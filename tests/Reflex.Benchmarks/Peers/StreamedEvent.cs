using System.Text;
using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>An event as Orleans' streams carry it.</summary>
[GenerateSerializer, Immutable, Alias("reflex.bench.StreamedEvent")]
internal sealed record StreamedEvent(
    [property: Id(0)] int Type,
    [property: Id(1)] byte[] ForeignId,
    [property: Id(2)] byte[] Metadata)
{
    public static StreamedEvent Of(in NewEvent e) => new(e.Type.Value, Encoding.UTF8.GetBytes(e.ForeignId), e.Metadata.ToArray());
}
