using Orleans.Concurrency;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>
/// The cluster's one list of streams and consumers. Its key is 0. A name that isn't there costs a look-up, however many there are.
/// </summary>
[Alias("reflex.ICatalogGrain"), GrainInterfaceType("reflex.catalog")]
internal interface ICatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Defines a stream; answers whether this call created it.</summary>
    [Alias("DefineStream")]
    Task<bool> DefineStreamAsync(StreamDefinition definition);

    /// <summary>A stream; null when there is none of that name.</summary>
    [AlwaysInterleave, Alias("FindStream")]
    Task<StreamDefinition?> FindStreamAsync(string stream);

    [AlwaysInterleave, Alias("ListStreams")]
    Task<StreamList> ListStreamsAsync();

    /// <summary>Streams to tell instead of one that isn't there.</summary>
    [AlwaysInterleave, Alias("SampleStreams")]
    Task<NameSample> SampleStreamsAsync(string near);

    /// <summary>A consumer; null when there is none of that name.</summary>
    [AlwaysInterleave, Alias("FindConsumer")]
    Task<ConsumerEntry?> FindConsumerAsync(string stream, string consumer);

    [AlwaysInterleave, Alias("ListConsumers")]
    Task<ConsumerList> ListConsumersAsync();

    /// <summary>Consumers, each as <c>stream/name</c>, to tell instead of one that isn't there.</summary>
    [AlwaysInterleave, Alias("SampleConsumers")]
    Task<NameSample> SampleConsumersAsync(string nearStream, string nearConsumer);

    /// <summary>Keeps the name of a consumer that runs outside the cluster; nothing happens where it is known.</summary>
    [Alias("RegisterConsumer")]
    Task RegisterConsumerAsync(string stream, string consumer);
}
