using Reflex.Benchmarks.Silo;
using Reflex.Streams;

namespace Reflex.Benchmarks.Peers;

/// <summary>Reflex with its logs and state in PostgreSQL: an Orleans client in this process, the silo in another.</summary>
/// <param name="silo">The silo, which several may share and none ends.</param>
/// <param name="partitions">How many partitions its streams have.</param>
internal sealed class PostgresReflex(MeasuredSilo silo, int partitions) : IMeasuredSystem
{
    public const string SystemName = "reflex postgres";

    public string Name => SystemName;

    public bool IsOurs => true;

    public bool IsFlushed => true;

    public bool IsLog => true;

    public async Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken)
    {
        await silo.Reflex.DefineStreamAsync(new StreamDefinition(name, partitions), cancellationToken);
        return new ReflexStream(silo.Reflex.GetStream(name));
    }

    public ValueTask DisposeAsync() => default;
}
