using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Reflex.Cursors;

namespace Reflex.Grpc.Tests.Support;

/// <summary>What the servers of a test serve; it outlives each of them.</summary>
internal sealed class MemoryCluster
{
    public ConcurrentDictionary<string, MemoryStream> Streams { get; } = new();

    /// <summary>The consumers' cursors, under "orders/3/name" or "orders/name".</summary>
    public ConcurrentDictionary<string, string> Cursors { get; } = new();

    /// <summary>Who holds a consumer now.</summary>
    public ConcurrentDictionary<string, CancellationTokenSource> Sessions { get; } = new();

    /// <summary>Whether a call says which consumer it holds.</summary>
    public bool NamesConsumers { get; set; } = true;

    /// <summary>The requests so far, in the order of their arrival.</summary>
    public ConcurrentQueue<object> Requests { get; } = new();

    /// <summary>What a test does to a call before it is answered.</summary>
    public Func<object, ServerCallContext, Task>? OnCall { get; set; }

    /// <summary>What a test does to a stream's call before each of its messages; the number is that of the messages sent so far.</summary>
    public Func<int, ServerCallContext, Task>? OnMessage { get; set; }

    public MemoryStream Add(string name, int partitions = 1) => Streams[name] = new MemoryStream(name, partitions);

    public async Task EnterAsync(object request, ServerCallContext context)
    {
        Requests.Enqueue(request);
        if (OnCall is { } onCall)
        {
            await onCall(request, context);
        }
    }

    public MemoryStream Find(string name) => Streams.TryGetValue(name, out var stream)
        ? stream
        : throw Failures.Reflex(
            StatusCode.NotFound, "STREAM_NOT_FOUND", $"There is no stream '{name}': ask for another.", ("stream", name));

    /// <summary>A stream's pages, each with the cursor before it, until the call ends as its request says.</summary>
    public async IAsyncEnumerable<(Cursor After, int Partition, List<V1.Event> Events)> ReadAsync(
        MemoryStream stream,
        int? partition,
        Cursor after,
        bool fromHead,
        bool toHead,
        ServerCallContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = after.IsEmpty && partition is null ? Cursor.ForPartitions(stream.Partitions) : after;
        if (fromHead)
        {
            cursor = partition is { } one ? stream.Head.Of(one)!.Value : stream.Head;
        }

        for (var sent = 0; ;)
        {
            var (pages, appended) = stream.Read(cursor, partition);
            foreach (var (index, page) in pages)
            {
                if (OnMessage is { } onMessage)
                {
                    await onMessage(sent++, context);
                }

                yield return (cursor, index, page);
                cursor = cursor.With(index, new Reflex.Events.EventId(page[^1].Id));
            }

            if (pages.Count == 0 && toHead)
            {
                throw Failures.Reflex(StatusCode.OutOfRange, "HEAD_REACHED", "The head is reached.", ("stream", stream.Name));
            }

            if (pages.Count == 0)
            {
                await appended.WaitAsync(cancellationToken);
            }
        }
    }
}
