namespace Reflex.Benchmarks.Load;

/// <summary>Requires the events of <see cref="Workload"/>, each once and in order.</summary>
internal sealed class OrderCheck
{
    private long _count;

    public void Handle(int type, ReadOnlySpan<byte> foreignId, ReadOnlySpan<byte> metadata)
    {
        var i = _count++;
        if (!Workload.Is(i, type, foreignId, metadata))
        {
            throw new InvalidOperationException(
                $"Event {i} has type {type}, {foreignId.Length} bytes of foreign id and {metadata.Length} of metadata: it isn't the one.");
        }
    }

    public void Require(long count)
    {
        if (_count != count)
        {
            throw new InvalidOperationException($"{_count} events came instead of {count}.");
        }
    }
}
