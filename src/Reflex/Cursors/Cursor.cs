using System.Text;
using Reflex.Events;

namespace Reflex.Cursors;

/// <summary>
/// Where a reader is: after which event it continues. Of one partition it is that event's id and life, <c>12@39f3a01bc</c>; of a whole
/// partitioned stream those of all partitions in order, <c>12@39f3a01bc.40@2c0ffee00.7@39f3a01bd</c>. It is exclusive: <c>12</c> continues
/// with 13.
/// </summary>
/// <remarks>
/// <para>
/// The life is the epoch of the event, and guards against a log that was restored from an older copy, or made anew: its event of that id
/// is another one, and reading is refused with a <see cref="CursorOfAnotherLifeException"/>. A bare number, <c>12</c>, is taken at its
/// word. Cursors are equal when ids and lives are.
/// </para>
/// <para>
/// The empty cursor continues with the oldest retained event. A place of a vector may be empty too (<c>12..7</c>): nothing of
/// that partition was read yet. <c>0</c> is not empty: it asks for event 1, and fails when retention has removed that.
/// </para>
/// </remarks>
public readonly struct Cursor : IEquatable<Cursor>
{
    /// <summary>The most partitions that a stream can have, and so the most places of a cursor.</summary>
    public const int MaxPartitions = 1024;

    // The id to continue with, which is the cursor's id + 1, so that 0 is "empty" and default(Cursor) is Empty. Unsigned, so that
    // the largest id has one too. In a vector the value of _partition is _next; _vector's own value there is outdated.
    private readonly Next _next;
    private readonly Next[]? _vector;
    private readonly int _partition;

    private Cursor(Next next, Next[]? vector, int partition)
    {
        _next = next;
        _vector = vector;
        _partition = partition;
    }

    /// <summary>The cursor that continues with the oldest retained event.</summary>
    public static Cursor Empty => default;

    /// <summary>Whether nothing was read of any partition.</summary>
    public bool IsEmpty => Equals(default);

    /// <summary>How many places the cursor has; 1 for a single partition's and for the empty one.</summary>
    public int Places => _vector?.Length ?? 1;

    /// <summary>Reads the text form; see <see cref="Parse"/>.</summary>
    /// <param name="text">As <see cref="Parse"/> takes it.</param>
    public static implicit operator Cursor(string text) => Parse(text);

    /// <summary>A single partition's cursor.</summary>
    /// <param name="id">The last event that was handled; its life isn't known.</param>
    public static implicit operator Cursor(EventId id) => After(id);

    /// <summary>A single partition's cursor.</summary>
    /// <param name="place">The last event that was handled.</param>
    public static implicit operator Cursor(CursorPlace place) => After(place);

    /// <summary>Whether both have the same ids and lives.</summary>
    /// <param name="left">The one cursor.</param>
    /// <param name="right">The other; a bare number differs from an id with its life.</param>
    public static bool operator ==(Cursor left, Cursor right) => left.Equals(right);

    /// <summary>Whether they differ in an id or a life.</summary>
    /// <param name="left">The one cursor.</param>
    /// <param name="right">The other; a bare number differs from an id with its life.</param>
    public static bool operator !=(Cursor left, Cursor right) => !left.Equals(right);

    /// <summary>A single partition's cursor.</summary>
    /// <param name="place">The last event that was handled; <see cref="EventId.None"/> for the place before event 1.</param>
    /// <returns>A cursor of one place.</returns>
    public static Cursor After(CursorPlace place) => new(Next.After(place), null, 0);

    /// <summary>A whole stream's cursor with nothing read yet.</summary>
    /// <param name="partitions">The stream's partition count, 1 to <see cref="MaxPartitions"/>.</param>
    /// <returns>A cursor whose places are all empty.</returns>
    public static Cursor ForPartitions(int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, MaxPartitions);
        return partitions == 1 ? default : new Cursor(default, new Next[partitions], 0);
    }

    /// <summary>Reads the text form.</summary>
    /// <param name="text">Empty, an event id with or without its life, or such (or nothing) joined by dots.</param>
    /// <returns>What the text says.</returns>
    /// <exception cref="FormatException">The text is no cursor.</exception>
    public static Cursor Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var cursor)
            ? cursor
            : throw new FormatException($"'{text}' is not a cursor: {Expected(text)}.");
    }

    /// <summary>Reads the text form.</summary>
    /// <param name="text">Empty, an event id with or without its life, or such (or nothing) joined by dots.</param>
    /// <param name="cursor">The cursor, or the empty one.</param>
    /// <returns>Whether the text is a cursor.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Cursor cursor)
    {
        cursor = default;
        if (text.IsEmpty)
        {
            return true;
        }

        var places = text.Count('.') + 1;
        if (places == 1)
        {
            var isPlace = CursorPlace.TryParse(text, out var only);
            cursor = isPlace ? After(only) : default;
            return isPlace;
        }

        if (places > MaxPartitions)
        {
            return false;
        }

        var vector = new Next[places];
        var index = 0;
        foreach (var range in text.Split('.'))
        {
            if (text[range] is { IsEmpty: false } part)
            {
                if (!CursorPlace.TryParse(part, out var place))
                {
                    return false;
                }

                vector[index] = Next.After(place);
            }

            index++;
        }

        cursor = new Cursor(vector[0], vector, 0);
        return true;
    }

    /// <summary>The position in one partition.</summary>
    /// <param name="partition">The partition, from 0.</param>
    /// <returns>The last event handled there; null when nothing was read of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The cursor has no such place.</exception>
    public CursorPlace? Of(int partition)
    {
        if (_vector is null && IsEmpty)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, Places);
        var next = NextOf(partition);
        return next.IsNone ? null : next.Before;
    }

    /// <summary>This cursor moved in one partition. Allocates only when it was last moved in another partition of a vector.</summary>
    /// <param name="partition">The partition, from 0; a single partition's cursor ignores it.</param>
    /// <param name="place">The last event handled there.</param>
    /// <returns>The moved cursor.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It has several places, and none for the partition.</exception>
    public Cursor With(int partition, CursorPlace place)
    {
        if (_vector is null)
        {
            return After(place);
        }

        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, _vector.Length);
        if (partition == _partition || _vector[_partition] == _next)
        {
            return new Cursor(Next.After(place), _vector, partition);
        }

        return new Cursor(Next.After(place), Settle()._vector, partition);
    }

    /// <summary>The same ids as bare numbers, which are taken at their word: for clients and people that know no lives.</summary>
    /// <returns>A cursor with as many places.</returns>
    public Cursor WithoutLives()
    {
        if (_vector is null)
        {
            return new Cursor(_next with { Epoch = 0 }, null, 0);
        }

        var bare = new Next[_vector.Length];
        for (var i = 0; i < bare.Length; i++)
        {
            bare[i] = NextOf(i) with { Epoch = 0 };
        }

        return new Cursor(bare[_partition], bare, _partition);
    }

    /// <summary>
    /// The same cursor, in the form from which <see cref="With"/> never allocates. Whoever serves a stream of many partitions settles the
    /// reader's once a page.
    /// </summary>
    /// <returns>A cursor that equals this one.</returns>
    public Cursor Settle()
    {
        if (_vector is null || _vector[_partition] == _next)
        {
            return this;
        }

        var settled = (Next[])_vector.Clone();
        settled[_partition] = _next;
        return new Cursor(_next, settled, _partition);
    }

    /// <inheritdoc/>
    public bool Equals(Cursor other)
    {
        if (_vector is null && other._vector is null)
        {
            return _next == other._next;
        }

        if (Places != other.Places)
        {
            return IsUnset() && other.IsUnset();
        }

        for (var i = 0; i < Places; i++)
        {
            if (NextOf(i) != other.NextOf(i))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Cursor other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (IsUnset())
        {
            return 0;
        }

        var hash = default(HashCode);
        for (var i = 0; i < Places; i++)
        {
            hash.Add(NextOf(i));
        }

        return hash.ToHashCode();
    }

    /// <summary>The text form, which <see cref="Parse"/> reads.</summary>
    /// <returns>Empty, an id with its life when that is known, or such joined by dots.</returns>
    public override string ToString()
    {
        if (IsUnset())
        {
            return "";
        }

        if (_vector is null)
        {
            return _next.Before.ToString();
        }

        var text = new StringBuilder();
        for (var i = 0; i < Places; i++)
        {
            text.Append(i == 0 ? "" : ".");
            if (NextOf(i) is { IsNone: false } next)
            {
                text.Append(next.Before);
            }
        }

        return text.ToString();
    }

    private static string Expected(string text)
    {
        foreach (var place in text.AsSpan().Split('.'))
        {
            var part = text.AsSpan()[place];
            if (EventId.IsTooLarge(part[..(part.IndexOf('@') is var end and >= 0 ? end : part.Length)]))
            {
                return EventId.Largest;
            }
        }

        return "expected nothing, a cursor that was given such as 12@39f3a01bc, an event id such as 12, or one for each partition "
            + "such as 12.40.7";
    }

    private Next NextOf(int place) => _vector is null || place == _partition ? _next : _vector[place];

    private bool IsUnset()
    {
        for (var i = 0; i < Places; i++)
        {
            if (!NextOf(i).IsNone)
            {
                return false;
            }
        }

        return true;
    }

    private readonly record struct Next(ulong Id, long Epoch)
    {
        public bool IsNone => Id == 0;

        public CursorPlace Before => new(new EventId(unchecked((long)(Id - 1))), Epoch);

        public static Next After(CursorPlace place) => new(unchecked((ulong)place.Id.Value + 1), place.Epoch);
    }
}
