using Reflex.Consumers;
using Reflex.Cursors;

namespace Reflex.Orleans.Sessions;

/// <summary>A session on all partitions of a stream, or on one.</summary>
internal sealed class ConsumerSession : IConsumerSession
{
    private readonly ConsumerId _consumer;
    private readonly PartitionSession[] _parts;

    public ConsumerSession(ConsumerId consumer, PartitionSession[] parts)
    {
        _consumer = consumer;
        _parts = parts;
        Start = PartitionCursors.Join(Array.ConvertAll(parts, part => part.Start));
        Ended = FirstEndAsync(parts);
    }

    public Cursor Start { get; }

    public Task<ReflexException> Ended { get; }

    public ValueTask AcknowledgeAsync(Cursor cursor, CancellationToken cancellationToken)
    {
        PartitionCursors.RequirePlaces(cursor, _parts.Length, _consumer);
        Task? first = null;
        List<Task>? all = null;
        for (var place = 0; place < _parts.Length; place++)
        {
            // An event moves one part: the others aren't bothered.
            if (cursor.Of(place) is { } handled && _parts[place].AcknowledgeAsync(handled) is { IsCompletedSuccessfully: false } call)
            {
                if (first is null)
                {
                    first = call;
                }
                else
                {
                    (all ??= [first]).Add(call);
                }
            }
        }

        var calls = all is null ? first : Task.WhenAll(all);
        return calls is null ? ValueTask.CompletedTask : new ValueTask(calls.WaitAsync(cancellationToken));
    }

    public ValueTask DisposeAsync() => new(Task.WhenAll(_parts.Select(part => part.DisposeAsync().AsTask())));

    private static async Task<ReflexException> FirstEndAsync(PartitionSession[] parts) =>
        await (await Task.WhenAny(parts.Select(part => part.Ended)).ConfigureAwait(false)).ConfigureAwait(false);
}
