using System.Buffers.Text;
using Reflex.Cursors;

namespace Reflex.AspNetCore.Events;

/// <summary>A cursor's text as bytes, written anew for every event and therefore without a string. Not thread-safe.</summary>
internal sealed class CursorText
{
    private const int MaxDigits = 19;

    private byte[] _bytes = new byte[MaxDigits];
    private int _length;

    /// <summary>The text that was formatted last.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Format(Cursor cursor)
    {
        var places = cursor.Places;
        if (_bytes.Length < places * (MaxDigits + 1))
        {
            _bytes = new byte[places * (MaxDigits + 1)];
        }

        _length = 0;
        for (var place = 0; place < places; place++)
        {
            if (place > 0)
            {
                _bytes[_length++] = (byte)'.';
            }

            if (cursor.Of(place) is { } id)
            {
                Utf8Formatter.TryFormat(id.Value, _bytes.AsSpan(_length), out var digits);
                _length += digits;
            }
        }
    }
}
