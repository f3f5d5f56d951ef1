using Google.Protobuf.WellKnownTypes;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.Grpc.Streams;

/// <summary>Makes the requests of both packages.</summary>
internal static class StreamRequests
{
    public static V1.StreamRequest V1(StreamName stream, int? partition, Cursor after, StreamOptions options)
    {
        var request = new V1.StreamRequest
        {
            Stream = stream.Value,
            After = after.ToString(),
            FromHead = options.FromHead,
            ToHead = options.ToHead,
            Lag = LagOf(options),
        };
        if (partition is { } one)
        {
            request.Partition = one;
        }

        request.Types_.AddRange(options.Types?.Select(type => type.Value) ?? []);
        request.ForeignIds.AddRange(options.ForeignIds ?? []);

        return request;
    }

    public static Reflexpb.StreamRequest Reflexpb(Cursor after, StreamOptions options) =>
        new() { After = after.ToString(), Options = Options(options) };

    public static Reflexpb.StreamOptions Options(StreamOptions options) =>
        new() { FromHead = options.FromHead, ToHead = options.ToHead, Lag = LagOf(options) };

    private static Duration? LagOf(StreamOptions options) => options.Lag == TimeSpan.Zero ? null : Duration.FromTimeSpan(options.Lag);
}
