using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>A bare gRPC service: a unary call in, a message of a stream out.</summary>
internal sealed class BareStream(GrpcChannel channel) : IMeasuredStream
{
    private readonly Grpc.V1.Streams.StreamsClient _appends = new(channel);
    private readonly Reflexpb.Reflex.ReflexClient _streams = new(channel);

    public Task AppendAsync(NewEvent e) => AppendAsync([e]);

    public async Task AppendAsync(IReadOnlyList<NewEvent> events)
    {
        var request = new Grpc.V1.AppendRequest();
        foreach (var e in events)
        {
            request.Events.Add(new Grpc.V1.NewEvent
            {
                Type = e.Type.Value,
                ForeignId = e.ForeignId,
                Metadata = ByteString.CopyFrom(e.Metadata.Span),
                Timestamp = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
            });
        }

        await _appends.AppendAsync(request);
    }

    public async Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken)
    {
        var call = _streams.Stream(new Reflexpb.StreamRequest(), cancellationToken: cancellationToken);
        await call.ResponseHeadersAsync;
        return ReadAsync(call, count, handle, cancellationToken);
    }

    private static async Task ReadAsync(
        AsyncServerStreamingCall<Reflexpb.Event> call, long count, EventHandler handle, CancellationToken cancellationToken)
    {
        using (call)
        {
            while (count-- > 0 && await call.ResponseStream.MoveNext(cancellationToken))
            {
                var e = call.ResponseStream.Current;
                handle(e.Type, Encoding.UTF8.GetBytes(e.ForeignId), e.Metadata.Span);
            }
        }
    }
}
