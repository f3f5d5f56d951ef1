using Reflex.Events;

namespace Reflex.Grpc.Wire;

/// <summary>Where the records of one message's events go: as few buffers as keep each off the large object heap.</summary>
/// <param name="expectedBytes">About what they take in all.</param>
internal struct Records(int expectedBytes)
{
    private const int MaxBufferSize = 64 * 1024;

    private byte[] _buffer = [];
    private int _used;
    private int _left = expectedBytes;

    public ReadOnlyMemory<byte> Add(in ReceivedFields fields)
    {
        var size = fields.RecordSize;
        if (_used + size > _buffer.Length)
        {
            _buffer = new byte[Math.Max(size, Math.Min(_left, MaxBufferSize))];
            _used = 0;
        }

        EventRecord.Write(_buffer.AsSpan(_used, size), fields.Type, fields.Ticks, fields.ForeignId, fields.Trace, fields.Metadata);
        var record = new ReadOnlyMemory<byte>(_buffer, _used, size);
        _used += size;
        _left -= size;
        return record;
    }
}
