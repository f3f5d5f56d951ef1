using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Diagnostics;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A client of a cluster that is only this object.</summary>
internal sealed class MemoryReflexClient : IReflexClient, IAsyncDisposable
{
    private readonly ConcurrentDictionary<StreamName, MemoryStream> _streams = new();
    private readonly ConcurrentDictionary<ConsumerId, FakeConsumer> _consumers = new();
    private readonly MemoryEventLogProvider _storage = new();
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ReflexInstruments _instruments;

    public MemoryReflexClient() =>
        _instruments = new ReflexInstruments(_metrics.GetRequiredService<IMeterFactory>(), TimeProvider.System);

    public MemoryStream Stream(string name) => _streams[name];

    public FakeConsumer AddConsumer(string stream, string name)
    {
        var id = new ConsumerId(stream, name);
        return _consumers.GetOrAdd(id, new FakeConsumer(id));
    }

    public IEventStream GetStream(StreamName stream) =>
        _streams.TryGetValue(stream, out var found) ? found : new MissingStream(stream, _streams.Keys.Order().ToArray());

    public IConsumerControl GetConsumer(StreamName stream, ConsumerName consumer) =>
        _consumers.TryGetValue(new ConsumerId(stream, consumer), out var found)
            ? found
            : new MissingConsumer(new ConsumerId(stream, consumer), _consumers.Keys.ToArray());

    public async Task<bool> DefineStreamAsync(StreamDefinition definition, CancellationToken cancellationToken = default)
    {
        if (_streams.TryGetValue(definition.Name, out var stored))
        {
            return stored.Definition == definition ? false : throw new StreamConflictException(stored.Definition, definition);
        }

        var partitions = new PartitionLog[definition.Partitions];
        for (var i = 0; i < partitions.Length; i++)
        {
            partitions[i] = await PartitionLog.OpenAsync(
                _storage,
                new PartitionId(definition.Name, i),
                new PartitionLogOptions(),
                TimeProvider.System,
                _instruments,
                cancellationToken);
        }

        return _streams.TryAdd(definition.Name, new MemoryStream(definition, partitions));
    }

    public Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<StreamDefinition>>(
            [.. _streams.Values.Select(stream => stream.Definition).OrderBy(definition => definition.Name)]);

    public Task<IReadOnlyList<ConsumerId>> ListConsumersAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<ConsumerId>>([.. _consumers.Keys.OrderBy(id => id.Stream).ThenBy(id => id.Name)]);

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams.Values)
        {
            await stream.DisposeAsync();
        }

        _instruments.Dispose();
        await _metrics.DisposeAsync();
    }
}
