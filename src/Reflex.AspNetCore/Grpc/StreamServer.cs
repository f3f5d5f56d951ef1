using Grpc.Core;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Grpc.Requests;
using Reflex.AspNetCore.Grpc.Sending;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.AspNetCore.Grpc;

/// <summary>Serves streams from methods of an application's own gRPC services, as <c>reflexpb.Reflex</c> serves the cluster's.</summary>
/// <remarks>Such a method is declared as <c>rpc StreamOrders(reflexpb.StreamRequest) returns (stream reflexpb.Event)</c>.</remarks>
public static class StreamServer
{
    /// <summary>Serves a stream, for as long as the client and the server want.</summary>
    /// <param name="stream">Reads the stream.</param>
    /// <param name="request">Where and how the client wants to read.</param>
    /// <param name="call">
    /// The method's call, whose response is written directly: its response stream isn't used, and interceptors that wrap that see
    /// nothing.
    /// </param>
    /// <returns>
    /// A task that never succeeds, since a stream never ends with OK: the method returns it as it is. At the head, when asked for, and
    /// when the server stops, clients of luno/reflex get the errors that they expect there. Needs <c>AddReflexGrpc</c>.
    /// </returns>
    public static async Task ServeAsync(StreamFunc stream, Reflexpb.StreamRequest request, ServerCallContext call)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        var services = call.GetHttpContext().RequestServices;
        try
        {
            var query = GrpcStreamQuery.Read(Cursor.Parse(request.After), request.Options, partition: null, call.RequestHeaders);
            var timeProvider = services.GetRequiredService<IOptions<ReflexGrpcOptions>>().Value.TimeProvider;
            await using var sender = new EventSender(call, new ReflexpbEventWriter(), timeProvider);
            await sender.SendAsync(new StreamReading(
                cancellationToken => stream(query.After, query.Options, cancellationToken),
                new StreamStart(query.After, Partitions: 1, HasEvents: false)));
        }
        catch (Exception error)
        {
            throw services.GetRequiredService<CallErrors>().Encode(error, call);
        }
    }
}
