using JasperFx;
using JasperFx.Events;
using Marten;

namespace Reflex.Benchmarks.Peers;

/// <summary>Marten's event store, as quick as it appends: a session for each event, and its bulk insert for lists.</summary>
internal sealed class MartenPeer : IMeasuredSystem
{
    public const string SystemName = "marten";

    private readonly DocumentStore _store;

    private MartenPeer(DocumentStore store)
    {
        _store = store;
    }

    public string Name => SystemName;

    public bool IsOurs => false;

    public bool IsFlushed => true;

    public bool IsLog => false;

    public static async Task<MartenPeer> StartAsync(string connectionString)
    {
        var store = DocumentStore.For(options =>
        {
            options.Connection(connectionString);
            options.AutoCreateSchemaObjects = AutoCreate.All;
            options.Events.AppendMode = EventAppendMode.Quick;
            options.Events.AddEventType<StoredEvent>();
            options.DisableNpgsqlLogging = true;
        });
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        return new MartenPeer(store);
    }

    public Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IMeasuredStream>(new MartenStream(_store));

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return default;
    }
}
