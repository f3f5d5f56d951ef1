using Grpc.Core;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Grpc.Requests;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Streams;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary><c>reflex.v1.Cursors</c> over the cluster.</summary>
internal sealed class CursorsService(IReflexClient client, CallErrors errors, AccessGuard access)
    : CursorsContract.Service, IRpcService
{
    public CallErrors Errors => errors;

    public async Task<V1.GetCursorResponse> GetAsync(V1.GetCursorRequest request, ServerCallContext call)
    {
        var consumer = ConsumerName.Parse(request.Consumer);
        var cursors = await FindAsync(request.Stream, request.HasPartition ? request.Partition : null, call);
        var cursor = await cursors.GetAsync(consumer, call.CancellationToken);
        return new V1.GetCursorResponse { Cursor = cursor.ToString() };
    }

    public async Task<V1.SetCursorResponse> SetAsync(V1.SetCursorRequest request, ServerCallContext call)
    {
        var consumer = ConsumerName.Parse(request.Consumer);
        var cursor = Cursor.Parse(request.Cursor);
        var cursors = await FindAsync(request.Stream, request.HasPartition ? request.Partition : null, call);
        await cursors.SetAsync(consumer, cursor, call.CancellationToken);
        return new V1.SetCursorResponse();
    }

    private async ValueTask<ICursorStore> FindAsync(string stream, int? partition, ServerCallContext call)
    {
        var name = StreamName.Parse(stream);
        await access.RequireAsync(call, StreamOperations.Consume, name);
        return client.GetCursors(name, partition is { } index ? GrpcStreamQuery.ReadPartition(index) : null);
    }
}
