using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>An event as a document.</summary>
internal sealed record StoredEvent(int Type, string ForeignId, byte[] Metadata)
{
    public static StoredEvent Of(NewEvent e) => new(e.Type.Value, e.ForeignId, e.Metadata.ToArray());
}
