using Reflex.Orleans.Catalog;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.State;

/// <summary>Gathers the catalog from a storage's records.</summary>
internal sealed class StoredCatalog
{
    private static readonly Dictionary<string, int> PartOf =
        Enumerable.Range(0, CatalogParts.Count).ToDictionary(part => CatalogParts.RecordOf(part).ToString());

    private static readonly string FormerGrain = CatalogStore.FormerRecord.ToString();

    private readonly IReadOnlyList<StoredStream>?[] _parts = new IReadOnlyList<StoredStream>?[CatalogParts.Count];
    private CatalogState? _former;

    /// <summary>Takes what a record holds of the catalog, if anything.</summary>
    public void Add(StateRecord record)
    {
        if (record.State == StreamsState.StateName && PartOf.TryGetValue(record.Grain, out var part))
        {
            _parts[part] = StateSerializer.TryReadStreams(record.Payload)?.Streams ?? [];
        }
        else if (record.State == CatalogState.StateName && record.Grain == FormerGrain)
        {
            _former = StateSerializer.TryReadCatalog(record.Payload);
        }
    }

    /// <summary>The streams, in the order of their names; none where another serializer has written them.</summary>
    public IReadOnlyList<StreamDefinition> Streams() =>
    [
        .. CatalogParts.Join(_parts, _former)
            .Where(stream => !stream.IsDeleting)
            .Select(stream => stream.Definition.ToDefinition())
            .OrderBy(stream => stream.Name),
    ];
}
