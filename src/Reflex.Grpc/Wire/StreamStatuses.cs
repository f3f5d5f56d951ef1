using Google.Protobuf.WellKnownTypes;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Streams;

namespace Reflex.Grpc.Wire;

/// <summary>Streams' definitions and statuses, to and from their messages.</summary>
internal static class StreamStatuses
{
    public static V1.StreamDefinition Encode(StreamDefinition definition)
    {
        var message = new V1.StreamDefinition { Name = definition.Name.Value, Partitions = definition.Partitions };
        if (definition.Retention != Retention.Forever)
        {
            message.Retention = new V1.Retention();
            if (definition.Retention.MaxAge is { } age)
            {
                message.Retention.MaxAge = Duration.FromTimeSpan(age);
            }

            if (definition.Retention.MaxBytes is { } bytes)
            {
                message.Retention.MaxBytes = bytes;
            }
        }

        return message;
    }

    public static StreamDefinition Decode(V1.StreamDefinition? message)
    {
        try
        {
            return new StreamDefinition(message?.Name ?? "", message?.Partitions ?? 0, Decode(message?.Retention));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw RemoteCall.Malformed($"the stream '{message?.Name}' of {message?.Partitions} partitions");
        }
    }

    public static StreamStatus Decode(V1.GetStreamResponse message)
    {
        var definition = Decode(message.Stream);
        return message.Partitions.Select(partition => partition.Partition).SequenceEqual(Enumerable.Range(0, definition.Partitions))
            ? new StreamStatus(definition, [.. message.Partitions.Select(Decode)])
            : throw RemoteCall.Malformed($"{message.Partitions.Count} of {definition.Partitions} partitions of '{definition.Name}'");
    }

    private static PartitionStatus Decode(V1.PartitionStatus message) =>
        new(message.Partition, new EventId(message.OldestId), new EventId(message.HeadId), message.Bytes, message.HeadEpoch);

    private static Retention? Decode(V1.Retention? message) => message is null
        ? null
        : new Retention
        {
            MaxAge = message.MaxAge is null ? null : Times.From(message.MaxAge),
            MaxBytes = message.HasMaxBytes ? message.MaxBytes : null,
        };
}
