using System.Diagnostics;
using Grpc.Core;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Grpc.Errors;

/// <summary>Which status, reason and facts each exception is answered with. The one place that knows.</summary>
internal static class ErrorEncoder
{
    public static ErrorStatus Of(Exception error) => error switch
    {
        HeadReachedException => new(StatusCode.OutOfRange, ErrorReasons.HeadReached, error.Message),
        StreamStoppedException => Stopped(error.Message),
        StreamNotFoundException e => new ErrorStatus(StatusCode.NotFound, ErrorReasons.StreamNotFound, e.Message)
            .With("stream", e.Stream.Value),
        PartitionNotFoundException e => new ErrorStatus(StatusCode.NotFound, ErrorReasons.PartitionNotFound, e.Message)
            .With("stream", e.Stream.Value).With("partition", e.Partition).With("partitions", e.Partitions),
        StreamConflictException e => new ErrorStatus(StatusCode.AlreadyExists, ErrorReasons.StreamConflict, e.Message)
            .With("stream", e.Stream.Value)
            .With("storedPartitions", e.StoredPartitions).With("requestedPartitions", e.RequestedPartitions),
        ConsumerNotFoundException e => Of(StatusCode.NotFound, ErrorReasons.ConsumerNotFound, e, e.Consumer),
        ConsumerConflictException e => Of(StatusCode.FailedPrecondition, ErrorReasons.ConsumerConflict, e, e.Consumer),
        ConsumerReplacedException e => Of(StatusCode.Aborted, ErrorReasons.ConsumerReplaced, e, e.Consumer),
        ConsumerStoppedException e => Of(StatusCode.FailedPrecondition, ErrorReasons.ConsumerStopped, e, e.Consumer),
        SessionEndedException e => Of(StatusCode.Unavailable, ErrorReasons.SessionEnded, e, e.Consumer),
        CursorStoreException e => Of(StatusCode.Unavailable, ErrorReasons.Unavailable, e, e.Consumer),
        CursorAheadException e => Of(StatusCode.OutOfRange, ErrorReasons.CursorAhead, e, e.Partition)
            .With("cursor", e.Cursor.Value).With("head", e.Head.Value),
        CursorExpiredException e => Of(StatusCode.OutOfRange, ErrorReasons.CursorExpired, e, e.Partition)
            .With("cursor", e.Cursor.Value).With("oldest", e.Oldest.Value),
        EventTooLargeException e => TooLarge(e.Message, e.Limit).With("size", e.Size),
        LogBusyException e => Of(StatusCode.ResourceExhausted, ErrorReasons.LogBusy, e, e.Partition).With("limit", e.Limit),
        LogFullException e => Of(StatusCode.ResourceExhausted, ErrorReasons.LogFull, e, e.Partition),
        LogFailedException e => Of(StatusCode.Unavailable, ErrorReasons.LogFailed, e, e.Partition),
        LogCorruptedException => new(StatusCode.DataLoss, ErrorReasons.LogCorrupted, error.Message),
        ServerBusyException => new(StatusCode.ResourceExhausted, ErrorReasons.ServerBusy, error.Message),
        ReflexException { IsTransient: true } => new(StatusCode.Unavailable, ErrorReasons.Unavailable, error.Message),
        ReflexException => new(StatusCode.Internal, ErrorReasons.Failed, error.Message),
        FormatException => Invalid(error.Message),
        TimeoutException => new(
            StatusCode.Unavailable,
            ErrorReasons.Unavailable,
            "The cluster didn't answer in time. Whether the call took effect is unknown: look before calling again."),
        _ => new ErrorStatus(
            StatusCode.Internal,
            ErrorReasons.Internal,
            "The call failed for a reason that the server's log tells, under the trace id given here.")
            .With("traceId", Activity.Current?.TraceId.ToHexString() ?? ""),
    };

    public static ErrorStatus Stopped(string message) => new(StatusCode.Unavailable, ErrorReasons.StreamStopped, message);

    public static ErrorStatus Invalid(string message) => new(StatusCode.InvalidArgument, ErrorReasons.InvalidArgument, message);

    public static ErrorStatus TooLarge(string message, long limit) =>
        new ErrorStatus(StatusCode.InvalidArgument, ErrorReasons.EventTooLarge, message).With("limit", limit);

    private static ErrorStatus Of(StatusCode code, string reason, ReflexException error, PartitionId partition) =>
        new ErrorStatus(code, reason, error.Message).With("stream", partition.Stream.Value).With("partition", partition.Index);

    private static ErrorStatus Of(StatusCode code, string reason, ReflexException error, ConsumerId consumer) =>
        new ErrorStatus(code, reason, error.Message).With("stream", consumer.Stream.Value).With("consumer", consumer.Name.Value);
}
