using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Grpc.Wire;

/// <summary>What a message of a stream brought.</summary>
/// <param name="Events">Its events; none where it only tells how far the stream was read.</param>
/// <param name="ReadTo">How far it was read where there are none; null where it doesn't say so.</param>
internal sealed record StreamedEvents(Event[] Events, Cursor? ReadTo = null);
