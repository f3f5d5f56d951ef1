using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Errors;

namespace Reflex.Grpc.Wire;

/// <summary>Consumers' names and statuses, from their messages.</summary>
internal static class ConsumerStatuses
{
    public static ConsumerId Decode(V1.ConsumerId message)
    {
        try
        {
            return new ConsumerId(message.Stream, message.Consumer);
        }
        catch (FormatException)
        {
            throw RemoteCall.Malformed($"the consumer '{message.Stream}/{message.Consumer}'");
        }
    }

    public static ConsumerPartitionStatus Decode(V1.ConsumerPartition message) => new(
        message.Partition,
        message.State switch
        {
            V1.ConsumerState.Stuck => ConsumerState.Stuck,
            V1.ConsumerState.Stopped => ConsumerState.Stopped,
            V1.ConsumerState.Unregistered => ConsumerState.Unregistered,
            _ => ConsumerState.Running,
        },
        Decode(message.Fault),
        message.HasCursor ? new CursorPlace(new EventId(message.Cursor), message.CursorEpoch) : null,
        new EventId(message.HeadId),
        message.LagEvents,
        Times.From(message.Lag));

    private static ConsumerFault? Decode(V1.ConsumerFault? message) => message is null
        ? null
        : new ConsumerFault(
            message.Error,
            message.HasEventId ? new EventId(message.EventId) : null,
            message.Attempts,
            Times.From(message.Since),
            Times.From(message.NextRetry));
}
