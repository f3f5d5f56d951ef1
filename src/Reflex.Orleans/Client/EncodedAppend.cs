using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Orleans.Client;

/// <summary>The events of one append to one partition, encoded.</summary>
internal sealed class EncodedAppend
{
    private EncodedAppend(EventBatchBuilder builder)
    {
        Count = builder.Count;
        Bytes = builder.Bytes;
        Batches = builder.Build();
    }

    public int Count { get; }

    public long Bytes { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Batches { get; }

    public static EncodedAppend Of(in NewEvent e, TimeProvider timeProvider, int maxEventBytes)
    {
        var builder = new EventBatchBuilder(timeProvider, maxEventBytes);
        builder.Add(e);
        return new EncodedAppend(builder);
    }

    public static EncodedAppend Of(EventBatchBuilder builder) => new(builder);
}
