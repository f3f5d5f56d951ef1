using Grpc.Core;
using Reflex.AspNetCore.Access;
using Reflex.Streams;

namespace Reflex.AspNetCore.Grpc;

/// <summary>Who may call what, in the words of gRPC.</summary>
internal static class CallAccess
{
    /// <summary>Lets a caller pass who may do one of the operations on a stream; see <see cref="AccessGuard"/>.</summary>
    public static ValueTask RequireAsync(this AccessGuard access, ServerCallContext call, StreamOperations anyOf, StreamName stream) =>
        access.RequireAsync(call.GetHttpContext(), anyOf, stream);

    /// <summary>Which streams a list may show to the caller; see <see cref="AccessGuard"/>.</summary>
    public static ValueTask<Func<StreamName, bool>> FilterAsync(this AccessGuard access, ServerCallContext call, StreamOperations anyOf) =>
        access.FilterAsync(call.GetHttpContext(), anyOf);
}
