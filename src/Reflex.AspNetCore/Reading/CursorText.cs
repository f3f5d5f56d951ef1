using Reflex.Cursors;

namespace Reflex.AspNetCore.Reading;

/// <summary>A cursor's text as bytes, written anew for every event and therefore without a string. Not thread-safe.</summary>
internal sealed class CursorText
{
    private byte[] _bytes = new byte[CursorPlace.MaxTextLength];
    private int _length;

    /// <summary>The text that was formatted last.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Formats a cursor with its lives.</summary>
    public void Format(Cursor cursor) => Format(cursor, hasLives: true);

    /// <summary>Formats a cursor as bare numbers.</summary>
    public void FormatBare(Cursor cursor) => Format(cursor, hasLives: false);

    private void Format(Cursor cursor, bool hasLives)
    {
        var places = cursor.Places;
        if (_bytes.Length < places * (CursorPlace.MaxTextLength + 1))
        {
            _bytes = new byte[places * (CursorPlace.MaxTextLength + 1)];
        }

        _length = 0;
        for (var place = 0; place < places; place++)
        {
            if (place > 0)
            {
                _bytes[_length++] = (byte)'.';
            }

            if (cursor.Of(place) is { } handled)
            {
                (hasLives ? handled : handled.Id).TryFormat(_bytes.AsSpan(_length), out var written);
                _length += written;
            }
        }
    }
}
