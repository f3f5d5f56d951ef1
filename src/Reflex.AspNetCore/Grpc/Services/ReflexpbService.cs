using Grpc.Core;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Grpc.Requests;
using Reflex.AspNetCore.Grpc.Sending;
using Reflex.AspNetCore.Grpc.Sessions;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary><c>reflexpb.Reflex</c> over the cluster: what clients of luno/reflex call.</summary>
internal sealed class ReflexpbService(
    IReflexClient client, CallErrors errors, AccessGuard access, IOptions<ReflexGrpcOptions> options)
    : ReflexpbContract.Service, IRpcService
{
    public CallErrors Errors => errors;

    public async Task StreamAsync(Reflexpb.StreamRequest request, ServerCallContext call)
    {
        var (stream, partition) = await StreamChoice.FindAsync(call, client, access, options.Value);
        await access.RequireAsync(call, StreamOperations.Stream, stream);
        var query = GrpcStreamQuery.Read(Cursor.Parse(request.After), request.Options, partition, call.RequestHeaders);
        await using var sender = new EventSender(call, new ReflexpbEventWriter(), options.Value.TimeProvider);
        var reading = await StreamReading.StartAsync(client.GetStream(stream), query, sender.Ending);
        await sender.SendAsync(reading);
    }

    public async Task ConsumeAsync(IAsyncStreamReader<Reflexpb.ConsumeRequest> requests, ServerCallContext call)
    {
        var choice = await StreamChoice.FindAsync(call, client, access, options.Value);
        await access.RequireAsync(call, StreamOperations.Consume, choice.Stream);
        await new ConsumeHandler(client, requests, choice, call, options.Value).RunAsync();
    }
}
