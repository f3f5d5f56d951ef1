using Orleans.Streams;
using Reflex.Benchmarks.Silo;

namespace Reflex.Benchmarks.Peers;

/// <summary>Orleans' streams with its memory provider, at its defaults, in a silo's process of its own. Nothing is stored.</summary>
internal sealed class MemoryStreamsPeer : IMeasuredSystem
{
    public const string SystemName = "orleans memory streams";

    private readonly MeasuredSilo _silo;
    private readonly IStreamProvider _provider;

    private MemoryStreamsPeer(MeasuredSilo silo)
    {
        _silo = silo;
        _provider = silo.Client.GetStreamProvider(SiloPlan.MemoryStreamProvider);
    }

    public string Name => SystemName;

    public bool IsOurs => false;

    public bool IsFlushed => false;

    public bool IsLog => false;

    public static async Task<MemoryStreamsPeer> StartAsync(string folder, CancellationToken cancellationToken) =>
        new(await MeasuredSilo.StartAsync(folder, new SiloPlan { HasMemoryStreams = true }, cancellationToken));

    public Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IMeasuredStream>(new MemoryStream(_provider.GetStream<StreamedEvent>(StreamId.Create("bench", name))));

    public ValueTask DisposeAsync() => _silo.DisposeAsync();
}
