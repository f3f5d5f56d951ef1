using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex;

/// <summary>A Reflex cluster as an application sees it. Thread-safe; one for the whole process.</summary>
public interface IReflexClient
{
    /// <summary>A stream by its name. Costs nothing; whether the stream exists shows at the first call.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <returns>The stream.</returns>
    IEventStream GetStream(StreamName stream);

    /// <summary>A consumer by its stream and name. Costs nothing; whether it exists shows at the first call.</summary>
    /// <param name="stream">The stream that it consumes.</param>
    /// <param name="consumer">The consumer's name.</param>
    /// <returns>The consumer's status and controls.</returns>
    IConsumerControl GetConsumer(StreamName stream, ConsumerName consumer);

    /// <summary>Defines a stream, durably.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="cancellationToken">Ends the wait; the stream may have been defined all the same.</param>
    /// <returns>True when this call created it, false when exactly this definition existed already.</returns>
    /// <exception cref="StreamConflictException">The stream exists with another partition count or retention.</exception>
    Task<bool> DefineStreamAsync(StreamDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>The defined streams, ordered by name.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Their definitions.</returns>
    Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken = default);

    /// <summary>The registered consumers, ordered by stream and name.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Their names.</returns>
    Task<IReadOnlyList<ConsumerId>> ListConsumersAsync(CancellationToken cancellationToken = default);
}
