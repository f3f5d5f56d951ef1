using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Tests.Support;

/// <summary>Makes batches with keys.</summary>
internal static class KeyedBatches
{
    /// <summary>One append of events of which some have a key.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Append(IEnumerable<(NewEvent Event, string? Key)> events)
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        foreach (var (e, key) in events)
        {
            builder.Add(e, key);
        }

        return builder.Build();
    }
}
