using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Storage;

namespace Reflex.Orleans.Catalog;

internal sealed partial class CatalogGrain
{
    public Task<BeginDeletionResponse> BeginDeletionAsync(BeginDeletionRequest request) => ChangeAsync(async () =>
    {
        var stream = _streams.Find(request.Stream);
        if (request.Continued is { } continued && stream?.Deletion != continued)
        {
            return new BeginDeletionResponse(null);
        }

        if (stream is { IsDeleting: true } && request.Continued is null)
        {
            await RequireCurrentAsync(request.Stream);
        }

        if (stream is { IsDeleting: false })
        {
            stream = stream with { Deletion = Guid.NewGuid() };
            await StoreAsync(request.Stream, stream);
        }

        return new BeginDeletionResponse(stream);
    });

    public Task<EndDeletionResponse> EndDeletionAsync(EndDeletionRequest request) => ChangeAsync(async () =>
    {
        if (_streams.Find(request.Stream)?.Deletion == request.Deletion)
        {
            await StoreAsync(request.Stream, null);
        }

        return EndDeletionResponse.Instance;
    });

    public Task<BeginRemovalResponse> BeginRemovalAsync(BeginRemovalRequest request) => ChangeAsync(async () =>
    {
        var id = new ConsumerId(request.Stream, request.Consumer);
        var stream = FindDefined(id.Stream);
        var consumer = stream?.Find(request.Consumer);

        // A removal that is under way ends first: what has come since begins anew after it.
        if (request.Continued is null && consumer is not { IsRemoving: true } && !published.GrainTypesOf(id).IsEmpty)
        {
            throw new ConsumerConflictException(id);
        }

        if (consumer is null || (request.Continued is { } continued && consumer.Removal != continued))
        {
            return new BeginRemovalResponse(0, Guid.Empty);
        }

        if (consumer.IsRemoving && request.Continued is null)
        {
            await RequireCurrentAsync(request.Stream);
        }

        if (consumer.Removal is not { } removal)
        {
            removal = Guid.NewGuid();
            await StoreAsync(id.Stream, stream!.With(consumer with { Removal = removal }));
        }

        return new BeginRemovalResponse(stream!.Definition.Partitions, removal);
    });

    public Task<EndRemovalResponse> EndRemovalAsync(EndRemovalRequest request) => ChangeAsync(async () =>
    {
        if (FindDefined(request.Stream) is { } stream && stream.Find(request.Consumer)?.Removal == request.Removal)
        {
            await StoreAsync(request.Stream, stream.Without(request.Consumer));
        }

        return EndRemovalResponse.Instance;
    });

    public Task<ConfirmRemovalResponse> ConfirmRemovalAsync(ConfirmRemovalRequest request) => ChangeAsync(async () =>
    {
        var removal = request.Removal;
        var (streams, isKnown) = await _store.ReadAgainAsync(CatalogParts.Of(removal.Stream));
        if (!isKnown)
        {
            // Another activation has written since; the next one reads everything.
            DeactivateOnIdle();
        }

        var stream = streams.FirstOrDefault(stream => stream.Definition.Name == removal.Stream);
        var current = removal.Consumer is { } consumer ? stream?.Find(consumer)?.Removal : stream?.Deletion;
        return new ConfirmRemovalResponse(current == removal.Id);
    });

    /// <summary>
    /// Makes sure that a removal which is known to be under way is so still: another activation may have ended it, and what is there now
    /// would stay though its caller is told that it goes.
    /// </summary>
    private async Task RequireCurrentAsync(string stream)
    {
        var (_, isKnown) = await _store.ReadAgainAsync(CatalogParts.Of(stream));
        if (!isKnown)
        {
            DeactivateOnIdle();
            throw new StateStoreException(
                $"what is known of the stream '{stream}'", new InconsistentStateException("another activation has written it since"));
        }
    }

    private static IEnumerable<UnfinishedRemoval> UnfinishedOf(StoredStream stream) => stream.Deletion is { } deletion
        ? [new UnfinishedRemoval(stream.Definition.Name, Consumer: null, deletion)]
        : stream.Consumers.Where(consumer => consumer.IsRemoving)
            .Select(consumer => new UnfinishedRemoval(stream.Definition.Name, consumer.Name, consumer.Removal!.Value));
}
