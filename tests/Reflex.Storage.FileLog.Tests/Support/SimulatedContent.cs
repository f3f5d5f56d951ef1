namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>The content of a file on the simulated disk: as it is seen, as it is flushed, and what was done in between.</summary>
internal sealed class SimulatedContent(int sectorSize)
{
    private readonly SemaphoreSlim _lock = new(1);
    private readonly List<(long Position, byte[]? Bytes)> _pending = [];
    private byte[] _seen = [];
    private byte[] _durable = [];

    public long Length => _seen.Length;

    public byte[] ToArray() => [.. _seen];

    public int Read(Span<byte> destination, long position)
    {
        if (position >= _seen.Length)
        {
            return 0;
        }

        var available = _seen.AsSpan((int)position);
        var count = Math.Min(available.Length, destination.Length);
        available[..count].CopyTo(destination);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        var copy = bytes.ToArray();
        Apply(ref _seen, position, copy);
        _pending.Add((position, copy));
    }

    public void SetLength(long length)
    {
        Apply(ref _seen, length, null);
        _pending.Add((length, null));
    }

    public void Flush()
    {
        _pending.ForEach(change => Apply(ref _durable, change.Position, change.Bytes));
        _pending.Clear();
    }

    /// <summary>A flush that fails: what was written counts as clean, and the device has none of it.</summary>
    public void LoseFlush() => _pending.RemoveAll(change => change.Bytes is not null);

    public SimulatedContent AfterPowerCut(Random random)
    {
        var content = new SimulatedContent(sectorSize) { _durable = [.. _durable] };
        var keepAll = random.Next(3) == 0;
        foreach (var (position, bytes) in _pending)
        {
            if (bytes is null)
            {
                if (keepAll || random.Next(2) == 0)
                {
                    Apply(ref content._durable, position, null);
                }

                continue;
            }

            for (var start = 0; start < bytes.Length;)
            {
                var size = (int)Math.Min(bytes.Length - start, sectorSize - ((position + start) % sectorSize));
                if (keepAll || random.Next(2) == 0)
                {
                    Apply(ref content._durable, position + start, bytes.AsSpan(start, size).ToArray());
                }

                start += size;
            }
        }

        content._seen = [.. content._durable];
        return content;
    }

    public SimulatedContent Copy()
    {
        var copy = new SimulatedContent(sectorSize) { _seen = [.. _seen], _durable = [.. _durable] };
        copy._pending.AddRange(_pending);
        return copy;
    }

    public Task LockAsync() => _lock.WaitAsync();

    public bool TryLock() => _lock.Wait(0);

    public void Unlock()
    {
        if (_lock.CurrentCount == 0)
        {
            _lock.Release();
        }
    }

    private static void Apply(ref byte[] content, long position, byte[]? bytes)
    {
        if (bytes is null)
        {
            Array.Resize(ref content, (int)position);
            return;
        }

        if (position + bytes.Length > content.Length)
        {
            Array.Resize(ref content, (int)position + bytes.Length);
        }

        bytes.CopyTo(content, position);
    }
}
