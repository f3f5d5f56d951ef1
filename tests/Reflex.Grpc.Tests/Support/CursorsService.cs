using Grpc.Core;

namespace Reflex.Grpc.Tests.Support;

internal sealed class CursorsService(MemoryCluster cluster) : V1.Cursors.CursorsBase
{
    public override async Task<V1.GetCursorResponse> GetCursor(V1.GetCursorRequest request, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        int? partition = request.HasPartition ? request.Partition : null;
        return new V1.GetCursorResponse
        {
            Cursor = cluster.Cursors.GetValueOrDefault(Key(request.Stream, partition, request.Consumer), ""),
        };
    }

    public override async Task<V1.SetCursorResponse> SetCursor(V1.SetCursorRequest request, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        int? partition = request.HasPartition ? request.Partition : null;
        cluster.Cursors[Key(request.Stream, partition, request.Consumer)] = request.Cursor;
        return new V1.SetCursorResponse();
    }

    private static string Key(string stream, int? partition, string consumer) =>
        partition is { } one ? $"{stream}/{one}/{consumer}" : $"{stream}/{consumer}";
}
