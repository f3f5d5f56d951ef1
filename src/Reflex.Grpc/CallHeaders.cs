using System.Globalization;
using Grpc.Core;
using Reflex.Streams;

namespace Reflex.Grpc;

/// <summary>The headers of calls, and of their answers.</summary>
internal static class CallHeaders
{
    public const string Stream = "reflex-stream";
    public const string Consumer = "reflex-consumer";
    public const string Types = "reflex-types";
    public const string ForeignIds = "reflex-foreign-ids";

    /// <summary>The options' headers, the one that names the stream, and those that say which events are wanted.</summary>
    public static Metadata Of(
        ReflexGrpcClientOptions options, StreamName stream = default, int? partition = null, EventFilter? filter = null)
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

        if (filter?.Types is { } types)
        {
            headers.Add(Types, string.Join(',', types.Select(type => type.Value.ToString(CultureInfo.InvariantCulture))));
        }

        if (filter?.ForeignIds is { } foreignIds)
        {
            headers.Add(ForeignIds, string.Join(',', foreignIds.Select(Uri.EscapeDataString)));
        }

        return headers;
    }
}