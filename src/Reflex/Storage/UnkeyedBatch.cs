using Reflex.Events;

namespace Reflex.Storage;

/// <summary>A sealed batch without its keys, for a reader that takes none.</summary>
internal static class UnkeyedBatch
{
    /// <summary>The batch itself, unless it has keys: then one with the same events, and a checksum of its own.</summary>
    /// <param name="batch">A batch of a page that isn't picked: who takes those takes keys too.</param>
    /// <exception cref="InvalidOperationException">It is picked.</exception>
    public static EventBatch Of(EventBatch batch)
    {
        if (batch.IsPicked)
        {
            throw new InvalidOperationException(
                $"The batch with event {batch.BaseId} is picked, which a reader without keys doesn't take.");
        }

        if (!batch.HasKeys)
        {
            return batch;
        }

        var bytes = new byte[batch.Bytes.Length];
        var length = batch.HeaderLength;
        var records = batch.Records.Span;
        for (var i = 0; i < batch.Count; i++)
        {
            var record = records[..EventRecord.Size(records)];
            length += EventRecord.WriteWithoutKey(bytes.AsSpan(length), record);
            records = records[record.Length..];
        }

        return batch.Derive(bytes[..length], batch.Count, hasKeys: false, isPicked: false);
    }
}
