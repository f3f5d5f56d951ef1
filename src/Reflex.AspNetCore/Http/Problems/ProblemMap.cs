using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Limits;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Problems;

/// <summary>Which status and facts each exception is answered with. The one place that knows.</summary>
internal static class ProblemMap
{
    public const string InternalErrorCode = "internal-error";

    private const int RetrySoonSeconds = 1;

    public static Problem Of(Exception error) => LogReference.IsNeededFor(error)
        ? Describe(error).With(LogReference.Fact, LogReference.Id)
        : Describe(error);

    public static Problem Stopped(string detail) =>
        Retry(new Problem(StatusCodes.Status503ServiceUnavailable, "stream-stopped", "Server stopping", detail));

    private static Problem Describe(Exception error) => error switch
    {
        ProblemException e => e.Problem,
        UnauthenticatedException e => new Problem(StatusCodes.Status401Unauthorized, "unauthenticated", "Who calls isn't known", e.Message)
        {
            Challenge = e.TakesBearer ? "Bearer" : null,
        },
        AccessDeniedException e => new Problem(StatusCodes.Status403Forbidden, "access-denied", "Not allowed", e.Message)
            .With("stream", e.Stream.Value).With("operations", StreamOperationWords.Of(e.Operations)),
        StreamNotFoundException e => NotFound("stream-not-found", e).With("stream", e.Stream.Value),
        PartitionNotFoundException e => NotFound("partition-not-found", e)
            .With("stream", e.Stream.Value).With("partition", e.Partition).With("partitions", e.Partitions),
        ConsumerNotFoundException e => NotFound("consumer-not-found", e)
            .With("stream", e.Consumer.Stream.Value).With("consumer", e.Consumer.Name.Value),
        StreamConflictException e => Of(StatusCodes.Status409Conflict, "stream-conflict", "Stream exists otherwise", e)
            .With("stream", e.Stream.Value).With("storedPartitions", e.StoredPartitions).With("requestedPartitions", e.RequestedPartitions),

        // Not 429, after which clients try again by themselves: that never helps here.
        StreamLimitException e => new Problem(StatusCodes.Status409Conflict, "stream-limit", "Too many streams", e.Message)
            .With("stream", e.Stream.Value).With("limit", e.Limit),
        ConsumerLimitException e => new Problem(StatusCodes.Status409Conflict, "consumer-limit", "Too many consumers", e.Message)
            .With("stream", e.Consumer.Stream.Value).With("consumer", e.Consumer.Name.Value).With("limit", e.Limit),
        CursorAheadException e => Of(StatusCodes.Status409Conflict, "cursor-ahead", "Cursor ahead of the head", e, e.Partition)
            .With("cursor", e.Cursor.ToString()).With("head", e.Head.ToString()),
        CursorExpiredException e => Of(StatusCodes.Status410Gone, "cursor-expired", "Cursor older than retention", e, e.Partition)
            .With("cursor", e.Cursor.ToString()).With("oldest", e.Oldest.ToString()),
        CursorOfAnotherLifeException e => Of(
            StatusCodes.Status409Conflict, "cursor-of-another-life", "Cursor of another life of the log", e, e.Partition)
            .With("cursor", e.Cursor.ToString()),
        EventTooLargeException e => Of(StatusCodes.Status413PayloadTooLarge, "too-large", "Too large", e)
            .With("size", e.Size).With("limit", e.Limit),
        LogBusyException e => Retry(Of(StatusCodes.Status503ServiceUnavailable, "log-busy", "Log busy", e, e.Partition))
            .With("limit", e.Limit),
        LogFullException e => Of(StatusCodes.Status507InsufficientStorage, "log-full", "No room left", e, e.Partition),
        LogFailedException e => Retry(Of(StatusCodes.Status503ServiceUnavailable, "log-failed", "Log failed", e, e.Partition)),
        LogCorruptedException e => Of(StatusCodes.Status500InternalServerError, "log-corrupted", "Stored data is damaged", e),
        TooManyStreamsException e => Retry(new Problem(
            StatusCodes.Status429TooManyRequests, "too-many-streams", "Too many streams", e.Message).With("limit", e.Limit)),
        StreamStoppedException e => Stopped(LogReference.Tell(e)),
        ServerBusyException e => Retry(Of(StatusCodes.Status503ServiceUnavailable, "server-busy", "Server busy", e)),
        ReflexException { IsTransient: true } e => Retry(
            Of(StatusCodes.Status503ServiceUnavailable, "unavailable", "Temporarily unavailable", e)),
        ReflexException e => Of(StatusCodes.Status500InternalServerError, "failed", "Operation failed", e),
        BadHttpRequestException e => new Problem(e.StatusCode, "bad-request", "Bad request", e.Message),
        FormatException e => new Problem(StatusCodes.Status400BadRequest, "bad-request", "Bad request", e.Message),
        TimeoutException => Retry(new Problem(
            StatusCodes.Status504GatewayTimeout,
            "timeout",
            "No answer in time",
            "The cluster didn't answer in time. Whether the request took effect is unknown: look before asking again.")),
        _ => new Problem(
            StatusCodes.Status500InternalServerError,
            InternalErrorCode,
            "Internal error",
            "The request failed for a reason that the server's log tells, under the trace id given here.")
            .With(LogReference.Fact, LogReference.Id),
    };

    private static Problem NotFound(string code, ReflexException e) =>
        Of(StatusCodes.Status404NotFound, code, "Not found", e);

    private static Problem Of(int status, string code, string title, ReflexException e) => new(status, code, title, LogReference.Tell(e));

    private static Problem Of(int status, string code, string title, ReflexException e, PartitionId partition) =>
        Of(status, code, title, e).With("stream", partition.Stream.Value).With("partition", partition.Index);

    private static Problem Retry(Problem problem) => problem with { RetryAfterSeconds = RetrySoonSeconds };
}
