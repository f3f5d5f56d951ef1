using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using Reflex.Streams;

namespace Reflex.Orleans.Sessions;

/// <summary>The cluster as a cursor store, for all partitions of a stream or for one.</summary>
internal sealed class ClusterCursors(
    StreamName stream,
    int? partition,
    IGrainFactory grains,
    StreamDirectory streams,
    ConsumerDirectory consumers,
    OutsideConsumers outside,
    RepeatedCalls calls,
    TimeProvider timeProvider) : ICursorStore
{
    // Of each place. A head moves back only where its storage does, so that most cursors need no look at their partition.
    private KnownHead?[] _knownHeads = [];

    /// <summary>For how long a head is trusted: a storage may become an older one, as a standby that lacks commits is.</summary>
    public static TimeSpan HeadTrust { get; } = TimeSpan.FromSeconds(5);

    /// <remarks>
    /// What is stored is the cursor, but for parts that a session holds, whose grains may know a newer one. A session that is opened
    /// meanwhile moves it only after this call has begun, so that either answer is right. Under a name that isn't kept there can be
    /// the records of a consumer that the cluster ran formerly; nobody moves those, and no grain is made for what may be invented.
    /// </remarks>
    public async ValueTask<Cursor> GetAsync(ConsumerName consumer, CancellationToken cancellationToken)
    {
        var partitions = await PartitionsAsync(consumer, cancellationToken).ConfigureAwait(false);
        var id = new ConsumerId(stream, consumer);
        try
        {
            return await GetAsync(id, partitions, cancellationToken).ConfigureAwait(false);
        }
        catch (ConsumerConflictException)
        {
            // The cluster runs it since this process has asked.
            consumers.Forget(id);
            return await GetAsync(id, partitions, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask SetAsync(ConsumerName consumer, Cursor cursor, CancellationToken cancellationToken)
    {
        var partitions = await PartitionsAsync(consumer, cancellationToken).ConfigureAwait(false);
        var id = new ConsumerId(stream, consumer);
        PartitionCursors.RequirePlaces(cursor, partitions.Length, id);

        await consumers.WithKnownAsync(id, () => SetAsync(id, cursor, partitions, cancellationToken)).ConfigureAwait(false);
    }

    /// <remarks>What was set is durable already.</remarks>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private async Task SetAsync(ConsumerId id, Cursor cursor, int[] partitions, CancellationToken cancellationToken)
    {
        // The grain of one known place looks at it itself. Of several none is to move when one is refused.
        var isKnown = await outside.IsKnownAsync(id, cancellationToken).ConfigureAwait(false);
        if (!isKnown || partitions.Length > 1)
        {
            await RequireNotAheadAsync(cursor, partitions, cancellationToken).ConfigureAwait(false);
        }

        if (!isKnown)
        {
            await outside.RegisterAsync(id, partitions, cancellationToken).ConfigureAwait(false);
        }

        await Task.WhenAll(partitions.Select((index, place) => StoreAsync(id, index, cursor.Of(place), cancellationToken)))
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Stores a place, under the number after the highest that the part has had when this call began. What is stored meanwhile is newer: a
    /// try of this call that comes late, after another one or after its caller has given it up, moves nothing back.
    /// </summary>
    private async Task StoreAsync(ConsumerId id, int index, CursorPlace? place, CancellationToken cancellationToken)
    {
        while (true)
        {
            var tries = 0;
            var known = await AnswerAsync(() => Grain(id, index).GetCursorAsync(GetCursorRequest.Instance)).ConfigureAwait(false);
            var request = StoreCursorRequest.At(place, known.Sessions + 1 ?? 0);
            var response = await AnswerAsync(() =>
            {
                tries++;
                return Grain(id, index).StoreCursorAsync(request);
            }).ConfigureAwait(false);

            // Of several tries an earlier one may have been made, and then it was overtaken as any change may be by a later one.
            if (!response.IsOvertaken || tries > 1)
            {
                return;
            }
        }

        Task<T> AnswerAsync<T>(Func<Task<T>> call) =>
            calls.AnswerAsync(call, stream, () => $"set the cursor of {id}", cancellationToken);
    }

    private async Task<Cursor> GetAsync(ConsumerId id, int[] partitions, CancellationToken cancellationToken)
    {
        var known = await outside.FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (known.Kind == ConsumerKind.OfTheCluster)
        {
            var run = partitions.Select(
                index => AnswerAsync(id, () => GetRunByClusterAsync(known, id, index), cancellationToken));
            return PartitionCursors.Join(await Task.WhenAll(run).ConfigureAwait(false));
        }

        var stored = await outside.ReadAsync(id, partitions, cancellationToken).ConfigureAwait(false);
        var cursors = stored.Zip(partitions, (part, index) => part.IsHeld && known.Kind == ConsumerKind.Outside
            ? AnswerAsync(id, () => GetAsync(id, index), cancellationToken)
            : Task.FromResult(part.Place));
        return PartitionCursors.Join(await Task.WhenAll(cursors).ConfigureAwait(false));
    }

    private Task<int[]> PartitionsAsync(ConsumerName consumer, CancellationToken cancellationToken) => consumer.IsDefault
        ? throw new ArgumentException("A consumer needs a name.", nameof(consumer))
        : SessionOpener.PartitionsAsync(streams, stream, partition, cancellationToken);

    private async Task RequireNotAheadAsync(Cursor cursor, int[] partitions, CancellationToken cancellationToken)
    {
        if (_knownHeads.Length != partitions.Length)
        {
            _knownHeads = new KnownHead?[partitions.Length];
        }

        var heads = _knownHeads;
        await Task.WhenAll(partitions.Select(async (index, place) =>
        {
            if (cursor.Of(place)?.Id is not { } id
                || (Volatile.Read(ref heads[place]) is { } known && id <= known.Head && timeProvider.GetElapsedTime(known.At) <= HeadTrust))
            {
                return;
            }

            var began = timeProvider.GetTimestamp();

            var partitionId = new PartitionId(stream, index);
            var bounds = await calls.AnswerAsync(
                () => grains.GetGrain<IPartitionGrain>(partitionId.ToString()).GetBoundsAsync(GetBoundsRequest.Instance),
                stream,
                () => $"look at {partitionId}",
                cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref heads[place], new KnownHead(new EventId(bounds.Head), began));
            if (id.Value > bounds.Head)
            {
                throw new CursorAheadException(partitionId, id, new EventId(bounds.Head));
            }
        })).ConfigureAwait(false);
    }

    private Task<CursorPlace?> AnswerAsync(ConsumerId consumer, Func<Task<CursorPlace?>> get, CancellationToken cancellationToken) =>
        calls.AnswerAsync(get, stream, () => $"read the cursor of {consumer}", cancellationToken);

    private async Task<CursorPlace?> GetAsync(ConsumerId consumer, int index) =>
        (await Grain(consumer, index).GetCursorAsync(GetCursorRequest.Instance).ConfigureAwait(false)).Place;

    private async Task<CursorPlace?> GetRunByClusterAsync(KnownConsumer known, ConsumerId consumer, int index)
    {
        var part = grains.GetPart(known.GrainType, consumer, index);
        return (await part.GetStatusAsync(GetStatusRequest.Instance).ConfigureAwait(false)).Place;
    }

    private ISessionGrain Grain(ConsumerId consumer, int index) =>
        grains.GetGrain<ISessionGrain>(new ConsumerKey(new PartitionId(stream, index), consumer.Name).ToString());

    private sealed record KnownHead(EventId Head, long At);
}
