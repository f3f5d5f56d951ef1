using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Streams;

/// <summary>The one way to read: the events after a cursor, in order, as an endless sequence.</summary>
/// <param name="after">The last event that was handled; <see cref="Cursor.Empty"/> starts with the oldest retained one.</param>
/// <param name="options">How to read, all of it: whoever reads only some events counts on getting no others.</param>
/// <param name="cancellationToken">Ends the sequence with <see cref="OperationCanceledException"/>.</param>
/// <returns>
/// The events. The sequence never simply ends: it throws <see cref="HeadReachedException"/> when
/// <see cref="StreamOptions.ToHead"/> asks for that, <see cref="StreamStoppedException"/> when its server stops,
/// <see cref="CursorAheadException"/> or <see cref="CursorExpiredException"/> when it can't continue at the cursor.
/// </returns>
public delegate IAsyncEnumerable<Event> StreamFunc(Cursor after, StreamOptions options, CancellationToken cancellationToken);
