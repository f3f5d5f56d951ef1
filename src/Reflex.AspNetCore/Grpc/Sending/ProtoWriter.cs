using System.Numerics;

namespace Reflex.AspNetCore.Grpc.Sending;

/// <summary>Writes protobuf's wire format into bytes that are known to suffice.</summary>
internal ref struct ProtoWriter(Span<byte> destination)
{
    private const int LengthDelimited = 2;
    private const int BitsPerByte = 7;

    private readonly Span<byte> _destination = destination;
    private int _position;

    public static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) / BitsPerByte) + 1;

    /// <summary>The size of a field of bytes whose number is below 16; nothing for none, as proto3 leaves it out.</summary>
    public static int SizeOfField(int length) => length == 0 ? 0 : 1 + SizeOf((ulong)length) + length;

    /// <summary>The size of a field of a number whose number is below 16; nothing for zero.</summary>
    public static int SizeOfNumberField(long value) => value == 0 ? 0 : 1 + SizeOf((ulong)value);

    public void WriteNumber(int field, long value)
    {
        if (value != 0)
        {
            _destination[_position++] = (byte)(field << 3);
            WriteVarint((ulong)value);
        }
    }

    public void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            WriteHeader(field, value.Length);
            value.CopyTo(_destination[_position..]);
            _position += value.Length;
        }
    }

    /// <summary>Begins a field of bytes or of a message; it is written even when it is empty.</summary>
    public void WriteHeader(int field, int length)
    {
        _destination[_position++] = (byte)((field << 3) | LengthDelimited);
        WriteVarint((ulong)length);
    }

    private void WriteVarint(ulong value)
    {
        while (value > 0x7F)
        {
            _destination[_position++] = (byte)(value | 0x80);
            value >>= BitsPerByte;
        }

        _destination[_position++] = (byte)value;
    }
}
