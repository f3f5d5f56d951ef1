using Orleans.Concurrency;

namespace Reflex.Orleans.Catalog;

/// <summary>
/// The cluster's one list of streams and consumers. Its key is 0. A name that isn't there costs a look-up, however many there are.
/// </summary>
[Alias("reflex.ICatalogGrain"), GrainInterfaceType("reflex.catalog")]
internal interface ICatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Defines a stream.</summary>
    [Alias("DefineStream")]
    Task<DefineStreamResponse> DefineStreamAsync(DefineStreamRequest request);

    [AlwaysInterleave, Alias("FindStream")]
    Task<FindStreamResponse> FindStreamAsync(FindStreamRequest request);

    [AlwaysInterleave, Alias("ListStreams")]
    Task<StreamList> ListStreamsAsync(ListStreamsRequest request);

    /// <summary>Streams to tell instead of one that isn't there.</summary>
    [AlwaysInterleave, Alias("SampleStreams")]
    Task<NameSample> SampleStreamsAsync(SampleStreamsRequest request);

    [AlwaysInterleave, Alias("FindConsumer")]
    Task<FindConsumerResponse> FindConsumerAsync(FindConsumerRequest request);

    [AlwaysInterleave, Alias("ListConsumers")]
    Task<ConsumerList> ListConsumersAsync(ListConsumersRequest request);

    /// <summary>Consumers, each as <c>stream/name</c>, to tell instead of one that isn't there.</summary>
    [AlwaysInterleave, Alias("SampleConsumers")]
    Task<NameSample> SampleConsumersAsync(SampleConsumersRequest request);

    /// <summary>Keeps the name of a consumer that runs outside the cluster; nothing happens where it is known.</summary>
    [Alias("RegisterConsumer")]
    Task<RegisterConsumerResponse> RegisterConsumerAsync(RegisterConsumerRequest request);
}
