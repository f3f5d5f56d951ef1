using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>Where the last pages ended, so that a reader which goes on there needn't seek. Thread-safe.</summary>
internal sealed class ReadPlaces
{
    // As many readers at different places of one partition go on without a seek; a few more cost one index look-up a page.
    private const int Capacity = 32;

    private readonly Lock _lock = new();
    private ReadPlace[] _places = [];
    private int _next;

    public void Add(ReadPlace place)
    {
        lock (_lock)
        {
            if (Array.IndexOf(_places, place) >= 0)
            {
                return;
            }

            if (_places.Length < Capacity)
            {
                _places = [.. _places, place];
                return;
            }

            _places[_next] = place;
            _next = (_next + 1) % Capacity;
        }
    }

    /// <summary>The position of the batch that begins with an event, if a page ended there.</summary>
    public long? Find(Segment segment, long id)
    {
        lock (_lock)
        {
            foreach (var place in _places)
            {
                if (place.BaseId == id && ReferenceEquals(place.Segment, segment))
                {
                    return place.Position;
                }
            }

            return null;
        }
    }
}
