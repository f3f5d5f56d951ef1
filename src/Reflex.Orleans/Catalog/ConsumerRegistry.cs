using Reflex.Consumers;

namespace Reflex.Orleans.Catalog;

/// <summary>The consumers that this silo can run.</summary>
internal sealed class ConsumerRegistry
{
    private readonly Dictionary<ConsumerId, ConsumerRegistration> _consumers = [];

    public ConsumerRegistry(IEnumerable<ConsumerRegistration> consumers)
    {
        foreach (var consumer in consumers)
        {
            if (!_consumers.TryAdd(consumer.Id, consumer))
            {
                throw new InvalidOperationException($"The consumer '{consumer.Id}' is registered twice: give one of them another name.");
            }
        }
    }

    public IReadOnlyCollection<ConsumerRegistration> All => _consumers.Values;

    public ConsumerRegistration Get(ConsumerId id) => _consumers.TryGetValue(id, out var consumer)
        ? consumer
        : throw new ConsumerNotFoundException(id, _consumers.Keys);
}
