using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex.Orleans.Consumers;

/// <summary>The grains of a consumer.</summary>
internal static class ConsumerParts
{
    /// <summary>The grain of a consumer's part on a partition.</summary>
    public static IConsumerGrain GetPart(this IGrainFactory grains, GrainType grainType, ConsumerId consumer, int partition)
    {
        var key = new ConsumerKey(new PartitionId(consumer.Stream, partition), consumer.Name);
        return grains.GetGrain<IConsumerGrain>(GrainId.Create(grainType, key.ToString()));
    }
}
