using System.Buffers.Text;
using System.Globalization;
using Reflex.Events;

namespace Reflex.Cursors;

/// <summary>One partition's place of a <see cref="Cursor"/>: the last event that was handled there, and its life.</summary>
/// <param name="Id">The event; <see cref="EventId.None"/> for the place before event 1.</param>
/// <param name="Epoch">
/// The event's epoch, which tells it from the event of the same id in a log that was restored from a copy, or made anew; 0 when it isn't
/// known, as of a bare number.
/// </param>
public readonly record struct CursorPlace(EventId Id, long Epoch) : IUtf8SpanFormattable
{
    /// <summary>The most bytes that the text form takes: an id, <c>@</c>, and an epoch.</summary>
    public const int MaxTextLength = 19 + 1 + 16;

    private const char Separator = '@';

    /// <summary>A place whose epoch isn't known.</summary>
    /// <param name="id">The event.</param>
    public static implicit operator CursorPlace(EventId id) => new(id, 0);

    /// <summary>The text form: the id, followed by <c>@</c> and the epoch in hexadecimal digits when it is known.</summary>
    /// <returns>Such as <c>12@39f3a01bc</c>, or <c>12</c>.</returns>
    public override string ToString() => Epoch == 0
        ? Id.ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{Id.Value}{Separator}{Epoch:x}");

    /// <summary>Writes the text form.</summary>
    /// <param name="utf8Destination">Where to; <see cref="MaxTextLength"/> bytes are enough for any.</param>
    /// <param name="bytesWritten">How many bytes it takes.</param>
    /// <param name="format">Not used.</param>
    /// <param name="provider">Not used.</param>
    /// <returns>False when there is no room for it.</returns>
    public bool TryFormat(
        Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        if (!Utf8Formatter.TryFormat(Id.Value, utf8Destination, out bytesWritten) || Epoch == 0)
        {
            return Epoch == 0 && bytesWritten > 0;
        }

        var rest = utf8Destination[bytesWritten..];
        if (rest.IsEmpty || !Utf8Formatter.TryFormat(Epoch, rest[1..], out var digits, 'x'))
        {
            bytesWritten = 0;
            return false;
        }

        rest[0] = (byte)Separator;
        bytesWritten += 1 + digits;
        return true;
    }

    /// <summary>The place that a fact of an error is; the default when it is none.</summary>
    internal static CursorPlace In(ErrorFacts facts, string name) => TryParse(facts.Text(name), out var place) ? place : default;

    /// <summary>Reads the text form.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out CursorPlace place)
    {
        place = default;
        var end = text.IndexOf(Separator);
        if (!EventId.TryParse(end < 0 ? text : text[..end], out var id))
        {
            return false;
        }

        long epoch = 0;
        if (end >= 0 && (id.IsNone
            || !long.TryParse(text[(end + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out epoch) || epoch <= 0))
        {
            return false;
        }

        place = new CursorPlace(id, epoch);
        return true;
    }
}
