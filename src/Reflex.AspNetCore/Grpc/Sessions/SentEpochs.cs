using Reflex.Cursors;

namespace Reflex.AspNetCore.Grpc.Sessions;

/// <summary>
/// The epochs of the events that a session was sent: its client acknowledges by bare numbers, and the cursor that is stored is to have the
/// life as well. Not thread-safe.
/// </summary>
internal sealed class SentEpochs
{
    // Of each place the events from which on an epoch counts, oldest first. A session sees few owners come and go.
    private readonly Dictionary<int, List<CursorPlace>> _starts = [];

    /// <summary>Notes where the session begins.</summary>
    public void NoteStart(Cursor start)
    {
        for (var place = 0; place < start.Places; place++)
        {
            if (start.Of(place) is { } handled)
            {
                Note(place, handled);
            }
        }
    }

    /// <summary>Notes an event that is sent.</summary>
    /// <param name="place">Its partition's place in the session's cursors.</param>
    /// <param name="sent">The event.</param>
    public void Note(int place, CursorPlace sent)
    {
        if (!_starts.TryGetValue(place, out var starts))
        {
            _starts[place] = starts = [];
        }

        if (starts.Count == 0 || starts[^1].Epoch != sent.Epoch)
        {
            starts.Add(sent);
        }
    }

    /// <summary>The same cursor with the lives that it lacks, as far as they are known.</summary>
    public Cursor Complete(Cursor acknowledged)
    {
        var places = new CursorPlace?[acknowledged.Places];
        for (var place = 0; place < places.Length; place++)
        {
            places[place] = acknowledged.Of(place) is { } handled ? Complete(place, handled) : null;
        }

        return Cursor.Parse(string.Join('.', places));
    }

    private CursorPlace Complete(int place, CursorPlace handled)
    {
        if (handled.Epoch != 0 || !_starts.TryGetValue(place, out var starts))
        {
            return handled;
        }

        // Acknowledgements go forwards, so that what is before this one's epoch isn't needed again.
        var own = starts.FindLastIndex(start => start.Id <= handled.Id);
        starts.RemoveRange(0, Math.Max(0, own));
        return own < 0 ? handled : handled with { Epoch = starts[0].Epoch };
    }
}
