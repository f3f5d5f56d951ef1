using Reflex.Benchmarks.Silo;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Peers;

/// <summary>Reflex as an application uses it: an Orleans client in this process, the silo in another.</summary>
internal sealed class ReflexSystem : IMeasuredSystem
{
    private ReflexSystem(MeasuredSilo silo, Durability durability)
    {
        Silo = silo;
        IsFlushed = durability == Durability.Flushed;
        Name = NameOf(durability);
    }

    public string Name { get; }

    public bool IsOurs => true;

    public bool IsFlushed { get; }

    public bool IsLog => true;

    public MeasuredSilo Silo { get; }

    public static string NameOf(Durability durability) => $"reflex {durability.ToString().ToLowerInvariant()}";

    public static async Task<ReflexSystem> StartAsync(Durability durability, string folder, CancellationToken cancellationToken) =>
        new(await MeasuredSilo.StartAsync(folder, new SiloPlan { Durability = durability }, cancellationToken), durability);

    public async Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken)
    {
        await Silo.Reflex.DefineStreamAsync(new StreamDefinition(name, 1), cancellationToken);
        return new ReflexStream(Silo.Reflex.GetStream(name));
    }

    public ValueTask DisposeAsync() => Silo.DisposeAsync();
}
