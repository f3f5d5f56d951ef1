using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Reflex.Cursors;
using Reflex.Grpc.V1;
using Event = Reflex.Events.Event;
using StreamOptions = Reflex.Streams.StreamOptions;

namespace Reflex.Benchmarks.Silo;

/// <summary>
/// The <c>Stream</c> of <c>reflex.v1</c>, of one partition, as the generated service base and its messages have it. It sends whole messages
/// only, and so is for a stream with more than is read.
/// </summary>
internal sealed class PlainStreams(IReflexClient client) : Grpc.V1.Streams.StreamsBase
{
    // As many bytes of events as the measured server puts into a message.
    private const int MessageSize = 64 * 1024;

    public override async Task Stream(
        StreamRequest request, IServerStreamWriter<StreamResponse> responseStream, ServerCallContext context)
    {
        var after = Cursor.Parse(request.After);
        var stream = client.GetStream(request.Stream);
        await using var events = stream.StreamAsync(after, StreamOptions.Default, context.CancellationToken)
            .GetAsyncEnumerator(context.CancellationToken);
        var (message, bytes) = (new StreamResponse(), 0);
        while (await events.MoveNextAsync())
        {
            var e = events.Current;
            if (message.Events.Count == 0)
            {
                (message.After, message.Epoch) = (after.ToString(), e.Epoch);
            }

            message.Events.Add(MessageOf(e));
            bytes += e.Metadata.Length + e.ForeignIdUtf8.Length;
            after = e.Cursor;
            if (bytes >= MessageSize)
            {
                await responseStream.WriteAsync(message, context.CancellationToken);
                (message, bytes) = (new StreamResponse(), 0);
            }
        }
    }

    private static Grpc.V1.Event MessageOf(Event e) => new()
    {
        Id = e.Id.Value,
        Type = e.Type.Value,
        Timestamp = Timestamp.FromDateTimeOffset(e.Timestamp),
        ForeignId = e.ForeignId,
        Metadata = ByteString.CopyFrom(e.Metadata.Span),
        Trace = ByteString.CopyFrom(e.Trace.Span),
    };
}
