using Grpc.Core;
using Reflex.Grpc.V1;

namespace Reflex.Benchmarks.Silo;

/// <summary>Takes events and hands them to the one reader of <see cref="BareStreams"/>: no log, no cluster.</summary>
internal sealed class BareAppends(BareEvents events) : Grpc.V1.Streams.StreamsBase
{
    public override async Task<AppendResponse> Append(AppendRequest request, ServerCallContext context)
    {
        var answer = new AppendResponse();
        foreach (var e in request.Events)
        {
            await events.AddAsync(
                new Reflexpb.Event { Id = "1", Type = e.Type, ForeignId = e.ForeignId, Metadata = e.Metadata, Timestamp = e.Timestamp },
                context.CancellationToken);
            answer.Positions.Add(new EventPosition { Id = 1 });
        }

        return answer;
    }
}
