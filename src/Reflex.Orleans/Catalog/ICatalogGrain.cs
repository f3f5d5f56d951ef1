using Orleans.Concurrency;

namespace Reflex.Orleans.Catalog;

/// <summary>
/// The cluster's one list of streams and consumers. Its key is 0. A name that isn't there costs a look-up, however many there are.
/// </summary>
[Alias("reflex.ICatalogGrain"), GrainInterfaceType("reflex.catalog")]
internal interface ICatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Defines a stream, or changes its retention.</summary>
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

    /// <summary>
    /// What is to run, and what is to go. That a consumer was run is stored, so that it is known when no silo can any more.
    /// </summary>
    [Alias("RunConsumers")]
    Task<RunConsumersResponse> RunConsumersAsync(RunConsumersRequest request);

    /// <summary>Hides a stream; once nothing is left of it, <see cref="EndDeletionAsync"/> frees its name.</summary>
    [Alias("BeginDeletion")]
    Task<BeginDeletionResponse> BeginDeletionAsync(BeginDeletionRequest request);

    [Alias("EndDeletion")]
    Task<EndDeletionResponse> EndDeletionAsync(EndDeletionRequest request);

    /// <summary>Hides a consumer; once nothing is left of it, <see cref="EndRemovalAsync"/> frees its name.</summary>
    [Alias("BeginRemoval")]
    Task<BeginRemovalResponse> BeginRemovalAsync(BeginRemovalRequest request);

    [Alias("EndRemoval")]
    Task<EndRemovalResponse> EndRemovalAsync(EndRemovalRequest request);

    /// <summary>
    /// Whether a deletion or removal hasn't ended, as the storage has it at some moment of this call: another activation may have ended it,
    /// and made the name anew.
    /// </summary>
    [Alias("ConfirmRemoval")]
    Task<ConfirmRemovalResponse> ConfirmRemovalAsync(ConfirmRemovalRequest request);
}
