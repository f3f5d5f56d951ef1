namespace Reflex.Benchmarks.Load;

/// <summary>Requires the events of <see cref="Workload"/>, each once and, of a log, in order.</summary>
internal sealed class OrderCheck(bool isLog)
{
    /// <summary>How many came.</summary>
    public long Count { get; private set; }

    public void Handle(int type, ReadOnlySpan<byte> foreignId, ReadOnlySpan<byte> metadata)
    {
        var i = Count++;
        if (isLog && !Workload.Is(i, type, foreignId, metadata))
        {
            throw new InvalidOperationException(
                $"Event {i} has type {type}, {foreignId.Length} bytes of foreign id and {metadata.Length} of metadata: it isn't the one.");
        }
    }

    public void Require(long count)
    {
        if (Count != count)
        {
            throw new InvalidOperationException($"{Count} events came instead of {count}.");
        }
    }
}
