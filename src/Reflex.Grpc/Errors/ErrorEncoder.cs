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
    public static ErrorStatus Of(Exception error) => LogReference.IsNeededFor(error)
        ? Describe(error).With(LogReference.Fact, LogReference.Id)
        : Describe(error);

    public static ErrorStatus Stopped(string message) => new(StatusCode.Unavailable, ErrorReasons.StreamStopped, message);

    public static ErrorStatus Invalid(string message) => new(StatusCode.InvalidArgument, ErrorReasons.InvalidArgument, message);

    public static ErrorStatus TooLarge(string message, long limit) =>
        new ErrorStatus(StatusCode.InvalidArgument, ErrorReasons.EventTooLarge, message).With("limit", limit);

    private static ErrorStatus Describe(Exception error) => error switch
    {
        HeadReachedException e => Of(StatusCode.OutOfRange, ErrorReasons.HeadReached, e),
        StreamStoppedException e => Stopped(LogReference.Tell(e)),
        StreamNotFoundException e => Of(StatusCode.NotFound, ErrorReasons.StreamNotFound, e)
            .With("stream", e.Stream.Value),
        PartitionNotFoundException e => Of(StatusCode.NotFound, ErrorReasons.PartitionNotFound, e)
            .With("stream", e.Stream.Value).With("partition", e.Partition).With("partitions", e.Partitions),
        StreamConflictException e => Of(StatusCode.AlreadyExists, ErrorReasons.StreamConflict, e)
            .With("stream", e.Stream.Value)
            .With("storedPartitions", e.StoredPartitions).With("requestedPartitions", e.RequestedPartitions),
        StreamLimitException e => new ErrorStatus(StatusCode.ResourceExhausted, ErrorReasons.StreamLimit, e.Message)
            .With("stream", e.Stream.Value).With("limit", e.Limit),
        ConsumerNotFoundException e => Of(StatusCode.NotFound, ErrorReasons.ConsumerNotFound, e, e.Consumer),
        ConsumerConflictException e => Of(StatusCode.FailedPrecondition, ErrorReasons.ConsumerConflict, e, e.Consumer),
        ConsumerLimitException e => Of(StatusCode.ResourceExhausted, ErrorReasons.ConsumerLimit, e, e.Consumer).With("limit", e.Limit),
        ConsumerReplacedException e => Of(StatusCode.Aborted, ErrorReasons.ConsumerReplaced, e, e.Consumer),
        ConsumerStoppedException e => Of(StatusCode.FailedPrecondition, ErrorReasons.ConsumerStopped, e, e.Consumer),
        SessionEndedException e => Of(StatusCode.Unavailable, ErrorReasons.SessionEnded, e, e.Consumer),
        CursorStoreException e => Of(StatusCode.Unavailable, ErrorReasons.Unavailable, e, e.Consumer),
        CursorAheadException e => Of(StatusCode.OutOfRange, ErrorReasons.CursorAhead, e, e.Partition)
            .With("cursor", e.Cursor.Value).With("head", e.Head.Value),
        CursorExpiredException e => Of(StatusCode.OutOfRange, ErrorReasons.CursorExpired, e, e.Partition)
            .With("cursor", e.Cursor.Value).With("oldest", e.Oldest.Value),
        CursorOfAnotherLifeException e => Of(StatusCode.FailedPrecondition, ErrorReasons.CursorOfAnotherLife, e, e.Partition)
            .With("cursor", e.Cursor.ToString()).With("foundEpoch", e.FoundEpoch),
        EventTooLargeException e => TooLarge(LogReference.Tell(e), e.Limit).With("size", e.Size),
        LogBusyException e => Of(StatusCode.ResourceExhausted, ErrorReasons.LogBusy, e, e.Partition).With("limit", e.Limit),
        LogFullException e => Of(StatusCode.ResourceExhausted, ErrorReasons.LogFull, e, e.Partition),
        LogFailedException e => Of(StatusCode.Unavailable, ErrorReasons.LogFailed, e, e.Partition),
        LogCorruptedException e => Of(StatusCode.DataLoss, ErrorReasons.LogCorrupted, e),
        ServerBusyException e => Of(StatusCode.ResourceExhausted, ErrorReasons.ServerBusy, e),
        ReflexException { IsTransient: true } e => Of(StatusCode.Unavailable, ErrorReasons.Unavailable, e),
        ReflexException e => Of(StatusCode.Internal, ErrorReasons.Failed, e),
        FormatException => Invalid(error.Message),
        TimeoutException => new(
            StatusCode.Unavailable,
            ErrorReasons.Unavailable,
            "The cluster didn't answer in time. Whether the call took effect is unknown: look before calling again."),
        _ => new ErrorStatus(
            StatusCode.Internal,
            ErrorReasons.Internal,
            "The call failed for a reason that the server's log tells, under the trace id given here.")
            .With(LogReference.Fact, LogReference.Id),
    };

    private static ErrorStatus Of(StatusCode code, string reason, ReflexException error) =>
        new(code, reason, LogReference.Tell(error));

    private static ErrorStatus Of(StatusCode code, string reason, ReflexException error, PartitionId partition) =>
        Of(code, reason, error).With("stream", partition.Stream.Value).With("partition", partition.Index);

    private static ErrorStatus Of(StatusCode code, string reason, ReflexException error, ConsumerId consumer) =>
        Of(code, reason, error).With("stream", consumer.Stream.Value).With("consumer", consumer.Name.Value);
}
