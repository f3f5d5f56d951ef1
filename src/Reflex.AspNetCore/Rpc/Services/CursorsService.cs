using Grpc.Core;
using Reflex.AspNetCore.Rpc.Requests;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Streams;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Rpc.Services;

/// <summary><c>reflex.v1.Cursors</c> over the cluster.</summary>
internal sealed class CursorsService(IReflexClient client, CallErrors errors) : CursorsContract.Service, IRpcService
{
    public CallErrors Errors => errors;

    public async Task<V1.GetCursorResponse> GetAsync(V1.GetCursorRequest request, ServerCallContext call)
    {
        var consumer = ConsumerName.Parse(request.Consumer);
        var cursors = Find(request.Stream, request.HasPartition ? request.Partition : null);
        var cursor = await cursors.GetAsync(consumer, call.CancellationToken);
        return new V1.GetCursorResponse { Cursor = cursor.ToString() };
    }

    public async Task<V1.SetCursorResponse> SetAsync(V1.SetCursorRequest request, ServerCallContext call)
    {
        var consumer = ConsumerName.Parse(request.Consumer);
        var cursor = Cursor.Parse(request.Cursor);
        var cursors = Find(request.Stream, request.HasPartition ? request.Partition : null);
        await cursors.SetAsync(consumer, cursor, call.CancellationToken);
        return new V1.SetCursorResponse();
    }

    private ICursorStore Find(string stream, int? partition) => client.GetCursors(
        StreamName.Parse(stream), partition is { } index ? StreamRequests.ReadPartition(index) : null);
}
