using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.Benchmarks.Silo;

/// <summary>The <c>Stream</c> of <c>reflexpb</c> as the generated service base and its messages have it.</summary>
internal sealed class PlainReflex(IReflexClient client) : Reflexpb.Reflex.ReflexBase
{
    public override async Task Stream(
        Reflexpb.StreamRequest request, IServerStreamWriter<Reflexpb.Event> responseStream, ServerCallContext context)
    {
        var stream = client.GetStream(context.RequestHeaders.GetValue(Grpc.GrpcStream.StreamHeader)!);
        await foreach (var e in stream.StreamAsync(Cursor.Parse(request.After), StreamOptions.Default, context.CancellationToken))
        {
            var message = new Reflexpb.Event
            {
                Id = e.Id.ToString(),
                Type = e.Type.Value,
                ForeignId = e.ForeignId,
                Metadata = ByteString.CopyFrom(e.Metadata.Span),
                Timestamp = Timestamp.FromDateTimeOffset(e.Timestamp),
                Trace = ByteString.CopyFrom(e.Trace.Span),
            };
            await responseStream.WriteAsync(message, context.CancellationToken);
        }
    }
}
