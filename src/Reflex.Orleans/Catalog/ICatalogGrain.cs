using Orleans.Concurrency;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>The cluster's one list of streams and consumers. Its key is 0.</summary>
[Alias("reflex.ICatalogGrain")]
internal interface ICatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Defines a stream; answers whether this call created it.</summary>
    [Alias("DefineStream")]
    Task<bool> DefineStreamAsync(StreamDefinition definition);

    [AlwaysInterleave, Alias("ListStreams")]
    Task<List<StreamDefinition>> ListStreamsAsync();

    [AlwaysInterleave, Alias("ListConsumers")]
    Task<List<ConsumerEntry>> ListConsumersAsync();

    /// <summary>Keeps the name of a consumer that runs outside the cluster; nothing happens where it is known.</summary>
    [Alias("RegisterConsumer")]
    Task RegisterConsumerAsync(string stream, string consumer);
}
