using Reflex.Cursors;
using Reflex.Storage;

namespace Reflex.Orleans.Pages;

/// <summary>Where a reader of the storage goes on.</summary>
/// <param name="Reader">It, which whoever holds this disposes.</param>
/// <param name="After">The last event that it has read.</param>
internal sealed record StoredPlace(IEventLogReader Reader, CursorPlace After);
