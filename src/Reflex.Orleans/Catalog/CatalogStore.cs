using Orleans.Storage;
using Reflex.Storage;

namespace Reflex.Orleans.Catalog;

/// <summary>The catalog in grain storage. Used in its grain's context only, one write after the other.</summary>
/// <remarks>A write carries the version that was read or written last, which keeps two activations from overwriting each other.</remarks>
internal sealed class CatalogStore(IGrainStorage storage)
{
    /// <summary>Where an older version's one record is in grain storage.</summary>
    public static readonly GrainId FormerRecord =
        GrainId.Create(GrainType.Create(CatalogState.GrainType), GrainIdKeyExtensions.CreateIntegerKey(0));

    // Of a storage on the network some at once.
    private const int ConcurrentReads = 32;

    private readonly GrainState<StreamsState>[] _parts = new GrainState<StreamsState>[CatalogParts.Count];
    private GrainState<CatalogState> _former = new(new CatalogState());

    /// <summary>Reads everything.</summary>
    /// <exception cref="StateStoreException">The storage has failed.</exception>
    public async Task<IReadOnlyList<StoredStream>> ReadAsync()
    {
        _former = new GrainState<CatalogState>(new CatalogState());
        await ReadAsync(CatalogState.StateName, FormerRecord, _former);
        foreach (var some in Enumerable.Range(0, CatalogParts.Count).Chunk(ConcurrentReads))
        {
            await Task.WhenAll(some.Select(ReadPartAsync));
        }

        var parts = Array.ConvertAll(_parts, part => part.RecordExists ? part.State?.Streams : null);
        return [.. CatalogParts.Join(parts, _former.State)];
    }

    /// <summary>Reads a part once more: another activation may have written it.</summary>
    /// <returns>Its streams, and whether they are those that this object has read or written last.</returns>
    /// <exception cref="StateStoreException">The storage has failed.</exception>
    public async Task<(IReadOnlyList<StoredStream> Streams, bool IsKnown)> ReadAgainAsync(int part)
    {
        var state = new GrainState<StreamsState>(new StreamsState());
        await ReadAsync(StreamsState.StateName, CatalogParts.RecordOf(part), state);
        return (state.RecordExists ? state.State?.Streams ?? [] : [], state.ETag == _parts[part].ETag);
    }

    /// <summary>Writes a part.</summary>
    /// <param name="part">Its number.</param>
    /// <param name="streams">All its streams.</param>
    /// <exception cref="StateStoreException">
    /// The storage has failed, or another activation has written; whether it was stored is unknown.
    /// </exception>
    public async Task WriteAsync(int part, IReadOnlyList<StoredStream> streams)
    {
        await LeaveFormerRecordAsync();
        _parts[part].State = new StreamsState { Streams = streams };
        await WriteAsync(StreamsState.StateName, CatalogParts.RecordOf(part), _parts[part]);
    }

    /// <summary>Keeps programs that know only the one record from using it, before something is stored that they wouldn't see.</summary>
    private async Task LeaveFormerRecordAsync()
    {
        if (_former.State is { IsFormer: true })
        {
            return;
        }

        var former = _former.State ?? new CatalogState();
        _former.State = new CatalogState { Streams = former.Streams, Consumers = former.Consumers, IsFormer = true };
        try
        {
            await WriteAsync(CatalogState.StateName, FormerRecord, _former);
        }
        catch
        {
            _former.State = former;
            throw;
        }
    }

    private async Task ReadPartAsync(int part)
    {
        _parts[part] = new GrainState<StreamsState>(new StreamsState());
        await ReadAsync(StreamsState.StateName, CatalogParts.RecordOf(part), _parts[part]);
    }

    private async Task ReadAsync<T>(string name, GrainId record, GrainState<T> state)
    {
        try
        {
            await storage.ReadStateAsync(name, record, state);
        }
        catch (Exception error) when (error is not ReflexException)
        {
            throw new StateStoreException($"the state '{name}' of {record}", error);
        }
    }

    private async Task WriteAsync<T>(string name, GrainId record, GrainState<T> state)
    {
        try
        {
            await storage.WriteStateAsync(name, record, state);
        }
        catch (Exception error) when (error is not ReflexException)
        {
            throw new StateStoreException($"the state '{name}' of {record}", error);
        }
    }
}
