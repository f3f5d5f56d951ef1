namespace Reflex.Grpc.Wire;

/// <summary>Reads the fields of a protobuf message in place. What is malformed throws <see cref="InvalidDataException"/>.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    public const uint Varint = 0;
    public const uint Bytes = 2;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>What isn't read yet, in bytes.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>The tag of a field: its number shifted by 3, and the wire type.</summary>
    public static uint Tag(uint field, uint wireType) => (field << 3) | wireType;

    /// <summary>Reads the next field's tag; false at the end.</summary>
    public bool TryReadTag(out uint tag)
    {
        tag = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var value = ReadVarint();
        tag = value is >= 8 and <= uint.MaxValue ? (uint)value : throw Malformed();
        return true;
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var i = 0; i < 10 && i < _rest.Length; i++)
        {
            var part = _rest[i];
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw Malformed();
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadVarint();
        if (length > (ulong)_rest.Length)
        {
            throw Malformed();
        }

        var bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return bytes;
    }

    /// <summary>Passes over a field that isn't known. Groups, which nothing here has, count as malformed.</summary>
    public void Skip(uint tag)
    {
        switch (tag & 7)
        {
            case Varint:
                ReadVarint();
                break;
            case 1:
                Advance(sizeof(ulong));
                break;
            case Bytes:
                ReadBytes();
                break;
            case 5:
                Advance(sizeof(uint));
                break;
            default:
                throw Malformed();
        }
    }

    private void Advance(int bytes) => _rest = bytes <= _rest.Length ? _rest[bytes..] : throw Malformed();

    private static InvalidDataException Malformed() => new("The message isn't well-formed protobuf.");
}
