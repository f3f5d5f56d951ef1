using Grpc.Core;
using Reflex.AspNetCore.Access;
using Reflex.Grpc;
using Reflex.Streams;

namespace Reflex.AspNetCore.Grpc.Requests;

/// <summary>What a call of <c>reflexpb</c> reads, whose messages have no room for it: a stream, or one partition of it.</summary>
internal readonly record struct StreamChoice(StreamName Stream, int? Partition)
{
    public const string Header = GrpcStream.StreamHeader;

    private const int MaxListed = 20;

    public static StreamChoice Parse(string text)
    {
        if (!text.Contains('/', StringComparison.Ordinal))
        {
            return new StreamChoice(StreamName.Parse(text), null);
        }

        var partition = PartitionId.Parse(text);
        return new StreamChoice(partition.Stream, partition.Index);
    }

    public static async Task<StreamChoice> FindAsync(
        ServerCallContext call, IReflexClient client, AccessGuard access, ReflexGrpcOptions options)
    {
        if ((call.RequestHeaders.GetValue(Header) ?? options.DefaultStream) is { } text)
        {
            return Parse(text);
        }

        var isShown = await access.FilterAsync(call, StreamOperations.Any);
        var streams = await client.ListStreamsAsync(call.CancellationToken);
        var known = streams.Select(stream => stream.Name).Where(isShown).Take(MaxListed + 1).ToList();
        throw new FormatException(
            $"The call names no stream: send the request header '{Header}' with a stream such as orders, or orders/3 for one partition; "
            + (known.Count == 0
                ? "no stream is defined yet."
                : $"the streams are {string.Join(", ", known.Take(MaxListed))}{(known.Count > MaxListed ? ", …" : "")}."));
    }
}
