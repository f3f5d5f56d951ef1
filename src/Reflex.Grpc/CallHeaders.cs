using Grpc.Core;
using Reflex.Streams;

namespace Reflex.Grpc;

/// <summary>The headers of calls, and of their answers.</summary>
internal static class CallHeaders
{
    public const string Stream = "reflex-stream";
    public const string Consumer = "reflex-consumer";

    /// <summary>The options' headers, and the one that names the stream.</summary>
    public static Metadata Of(ReflexGrpcClientOptions options, StreamName stream = default, int? partition = null)
    {
        var headers = new Metadata();
        foreach (var (name, value) in options.Headers)
        {
            headers.Add(name, value);
        }

        if (!stream.IsDefault)
        {
            headers.Add(Stream, partition is { } one ? new PartitionId(stream, one).ToString() : stream.Value);
        }

        return headers;
    }
}