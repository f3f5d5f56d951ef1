using Reflex.Events;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Serialization;
using Reflex.Storage;
using Reflex.Testing.Conformance;

namespace Reflex.Orleans.Tests.Support;

/// <summary>Appends of events of which every second has a key.</summary>
internal static class KeyedAppends
{
    public static AppendRequest Request(params NewEvent[] events)
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        foreach (var e in events)
        {
            builder.Add(e);
        }

        var batches = builder.Build().Select(batch => KeyedAndPicked.WithKeys(batch, place => place % 2 == 0 ? $"key {place}" : null));
        return new AppendRequest(new Blocks([.. batches.Select(batch => new ReadOnlyMemory<byte>(batch))]), Partitions: 0);
    }
}
