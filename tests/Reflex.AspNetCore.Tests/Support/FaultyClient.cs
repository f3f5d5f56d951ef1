using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A client whose calls a test may make fail.</summary>
internal sealed class FaultyClient(IReflexClient inner) : IReflexClient
{
    private readonly Dictionary<StreamName, FaultyStream> _streams = [];

    public Exception? FailLists { get; set; }

    public Exception? FailDefinitions { get; set; }

    /// <summary>Lists never answer.</summary>
    public bool Hangs { get; set; }

    public Dictionary<ConsumerId, FakeConsumer> Consumers { get; } = [];

    /// <summary>Sessions by "stream/consumer", or "stream/partition/consumer"; others are the cluster's own.</summary>
    public Dictionary<string, FakeSession> Sessions { get; } = [];

    /// <summary>The store of all cursors; null asks the cluster's own.</summary>
    public ICursorStore? Cursors { get; set; }

    public FaultyStream Stream(string name)
    {
        if (!_streams.TryGetValue(name, out var stream))
        {
            _streams[name] = stream = new FaultyStream(inner.GetStream(name));
        }

        return stream;
    }

    public FakeConsumer AddConsumer(string stream, string name)
    {
        var id = new ConsumerId(stream, name);
        return Consumers[id] = new FakeConsumer(id);
    }

    public IEventStream GetStream(StreamName stream) => _streams.GetValueOrDefault(stream) ?? inner.GetStream(stream);

    public IConsumerControl GetConsumer(StreamName stream, ConsumerName consumer) =>
        Consumers.GetValueOrDefault(new ConsumerId(stream, consumer)) ?? inner.GetConsumer(stream, consumer);

    public Task<bool> DefineStreamAsync(StreamDefinition definition, CancellationToken cancellationToken = default) =>
        FailDefinitions is { } error ? throw error : inner.DefineStreamAsync(definition, cancellationToken);

    public Task<bool> DeleteStreamAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        inner.DeleteStreamAsync(stream, cancellationToken);

    public Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken = default) =>
        ListStreamsAsync(after: null, int.MaxValue, cancellationToken);

    public Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(
        StreamName? after, int most, CancellationToken cancellationToken = default)
    {
        if (Hangs)
        {
            return new TaskCompletionSource<IReadOnlyList<StreamDefinition>>().Task;
        }

        return FailLists is { } error ? throw error : inner.ListStreamsAsync(after, most, cancellationToken);
    }

    public Task<IReadOnlyList<ConsumerId>> ListConsumersAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<ConsumerId>>([.. Consumers.Keys]);

    public ICursorStore GetCursors(StreamName stream, int? partition = null) => Cursors ?? inner.GetCursors(stream, partition);

    public Task<IConsumerSession> OpenSessionAsync(
        StreamName stream, int? partition, ConsumerName consumer, CancellationToken cancellationToken = default) =>
        Sessions.TryGetValue(partition is null ? $"{stream}/{consumer}" : $"{stream}/{partition}/{consumer}", out var session)
            ? Task.FromResult<IConsumerSession>(session)
            : inner.OpenSessionAsync(stream, partition, consumer, cancellationToken);
}
