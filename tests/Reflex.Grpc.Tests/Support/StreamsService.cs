using Grpc.Core;
using Reflex.Cursors;

namespace Reflex.Grpc.Tests.Support;

internal sealed class StreamsService(MemoryCluster cluster) : V1.Streams.StreamsBase
{
    public override async Task<V1.ListStreamsResponse> ListStreams(V1.ListStreamsRequest request, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        return new V1.ListStreamsResponse { Streams = { cluster.Streams.Values.OrderBy(stream => stream.Name).Select(Definition) } };
    }

    public override async Task<V1.DefineStreamResponse> DefineStream(V1.DefineStreamRequest request, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        var created = cluster.Streams.TryAdd(request.Stream.Name, new MemoryStream(request.Stream.Name, request.Stream.Partitions));
        return new V1.DefineStreamResponse { Created = created };
    }

    public override async Task<V1.GetStreamResponse> GetStream(V1.GetStreamRequest request, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        var stream = cluster.Find(request.Stream);
        var head = stream.Head;
        return new V1.GetStreamResponse
        {
            Stream = Definition(stream),
            Partitions =
            {
                Enumerable.Range(0, stream.Partitions).Select(i => new V1.PartitionStatus
                {
                    Partition = i,
                    OldestId = 1,
                    HeadId = head.Of(i)?.Id.Value ?? 0,
                    Bytes = 100,
                }),
            },
        };
    }

    public override async Task<V1.AppendResponse> Append(V1.AppendRequest request, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        return new V1.AppendResponse { Positions = { cluster.Find(request.Stream).Append(request.Events) } };
    }

    public override async Task Stream(
        V1.StreamRequest request, IServerStreamWriter<V1.StreamResponse> responses, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        var stream = cluster.Find(request.Stream);
        int? partition = request.HasPartition ? request.Partition : null;
        var pages = cluster.ReadAsync(
            stream, partition, Cursor.Parse(request.After), request.FromHead, request.ToHead, context, context.CancellationToken);
        await foreach (var (after, index, events) in pages)
        {
            await responses.WriteAsync(
                new V1.StreamResponse { After = after.ToString(), Partition = index, Events = { events } }, context.CancellationToken);
        }
    }

    private static V1.StreamDefinition Definition(MemoryStream stream) => new()
    {
        Name = stream.Name,
        Partitions = stream.Partitions,
        Retention = new V1.Retention { MaxBytes = 5 },
    };
}
