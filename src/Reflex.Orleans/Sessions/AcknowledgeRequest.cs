using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Orleans.Sessions;

/// <summary>What a session has handled.</summary>
[GenerateSerializer, Immutable, Alias("reflex.AcknowledgeRequest")]
internal sealed record AcknowledgeRequest(
    [property: Id(0)] Guid Session, [property: Id(1)] long Cursor, [property: Id(2)] long Epoch)
{
    public CursorPlace Place => new(new EventId(Cursor), Epoch);
}
