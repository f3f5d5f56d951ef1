using System.Security.Claims;
using Grpc.Core;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Errors;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Limits;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Errors;

public sealed class ErrorEncoderTests
{
    private static readonly PartitionId Partition = new("orders", 1);
    private static readonly ConsumerId Consumer = new("orders", "reader");
    private static readonly Exception Cause = new IOException("cause");

    public static TheoryData<Exception, StatusCode, string, string> Errors => new()
    {
        { new HeadReachedException("orders"), StatusCode.OutOfRange, "HEAD_REACHED", "" },
        { new StreamStoppedException("orders"), StatusCode.Unavailable, "STREAM_STOPPED", "" },
        { new StreamNotFoundException("orders", []), StatusCode.NotFound, "STREAM_NOT_FOUND", "stream=orders" },
        {
            new PartitionNotFoundException("orders", 7, 4), StatusCode.NotFound, "PARTITION_NOT_FOUND",
            "stream=orders partition=7 partitions=4"
        },
        {
            new StreamConflictException(new StreamDefinition("orders", 2), new StreamDefinition("orders", 3)),
            StatusCode.AlreadyExists, "STREAM_CONFLICT", "stream=orders storedPartitions=2 requestedPartitions=3"
        },
        { new StreamBeingDeletedException("orders"), StatusCode.Unavailable, "STREAM_BEING_DELETED", "stream=orders" },
        {
            new StreamReplacedException("orders", 2, 3), StatusCode.Unavailable, "STREAM_REPLACED",
            "stream=orders expectedPartitions=2 foundPartitions=3"
        },
        {
            new ConsumerBeingRemovedException(Consumer), StatusCode.Unavailable, "CONSUMER_BEING_REMOVED", "stream=orders consumer=reader"
        },
        {
            new StreamLimitException("orders", 5, "The option"), StatusCode.ResourceExhausted, "STREAM_LIMIT", "stream=orders limit=5"
        },
        {
            new ConsumerLimitException(Consumer, 5, "The option"), StatusCode.ResourceExhausted, "CONSUMER_LIMIT",
            "stream=orders consumer=reader limit=5"
        },
        { new ConsumerNotFoundException(Consumer, []), StatusCode.NotFound, "CONSUMER_NOT_FOUND", "stream=orders consumer=reader" },
        { new ConsumerConflictException(Consumer), StatusCode.FailedPrecondition, "CONSUMER_CONFLICT", "stream=orders consumer=reader" },
        { new ConsumerReplacedException(Consumer), StatusCode.Aborted, "CONSUMER_REPLACED", "stream=orders consumer=reader" },
        {
            new ConsumerStoppedException(Consumer), StatusCode.FailedPrecondition, "CONSUMER_STOPPED", "stream=orders consumer=reader"
        },
        { new SessionEndedException(Consumer), StatusCode.Unavailable, "SESSION_ENDED", "stream=orders consumer=reader" },
        { new CursorStoreException(Consumer, Cause), StatusCode.Unavailable, "UNAVAILABLE", "stream=orders consumer=reader traceId=" },
        {
            new CursorAheadException(Partition, new EventId(9), new EventId(3)), StatusCode.OutOfRange, "CURSOR_AHEAD",
            "stream=orders partition=1 cursor=9 head=3"
        },
        {
            new CursorExpiredException(Partition, new EventId(3), new EventId(9)), StatusCode.OutOfRange, "CURSOR_EXPIRED",
            "stream=orders partition=1 cursor=3 oldest=9"
        },
        {
            new CursorOfAnotherLifeException(Partition, new CursorPlace(new EventId(9), 0xa), 11), StatusCode.FailedPrecondition,
            "CURSOR_OF_ANOTHER_LIFE", "stream=orders partition=1 cursor=9@a foundEpoch=11"
        },
        { new EventTooLargeException("It", 9, 3, "less"), StatusCode.InvalidArgument, "EVENT_TOO_LARGE", "limit=3 size=9" },
        { new LogBusyException(Partition, 5), StatusCode.ResourceExhausted, "LOG_BUSY", "stream=orders partition=1 limit=5" },
        {
            new QuotaExceededException(Partition, 5, 4, TimeSpan.FromSeconds(1.2)), StatusCode.ResourceExhausted, "QUOTA_EXCEEDED",
            "stream=orders partition=1 limit=5 stored=4 retryAfter=2"
        },
        {
            new UpgradeUnfinishedException(Partition, 1, 3), StatusCode.Unavailable, "UPGRADE_UNFINISHED",
            "stream=orders partition=1 olderSilos=1 silos=3"
        },
        { new LogFullException(Partition, "a secret"), StatusCode.ResourceExhausted, "LOG_FULL", "stream=orders partition=1 traceId=" },
        {
            new LogUnavailableException(Partition, "so.", "a secret"), StatusCode.Unavailable, "LOG_UNAVAILABLE",
            "stream=orders partition=1 traceId="
        },
        { new LogFailedException(Partition, "so."), StatusCode.Unavailable, "LOG_FAILED", "stream=orders partition=1" },
        {
            new LogFailedException(Partition, "so.", "a secret", Cause), StatusCode.Unavailable, "LOG_FAILED",
            "stream=orders partition=1 traceId="
        },
        { new LogFencedException(Partition, 1, 2), StatusCode.Unavailable, "LOG_FAILED", "stream=orders partition=1" },
        { new LogCorruptedException("a secret"), StatusCode.DataLoss, "LOG_CORRUPTED", "traceId=" },
        {
            new StoredCursorAheadException(Partition, "reader", new EventId(9), new EventId(3)), StatusCode.DataLoss, "LOG_CORRUPTED", ""
        },
        { new ConsumerBusyException(Consumer, 1, new EventId(3), TimeSpan.FromSeconds(20)), StatusCode.Unavailable, "UNAVAILABLE", "" },
        { new StateStoreException("the cursors", Cause), StatusCode.Unavailable, "UNAVAILABLE", "traceId=" },
        { new ClusterUnavailableException("do it", Cause), StatusCode.Unavailable, "UNAVAILABLE", "traceId=" },
        { new ServerBusyException("no room"), StatusCode.ResourceExhausted, "SERVER_BUSY", "" },
        { new StorageRefusedException("a secret"), StatusCode.Internal, "FAILED", "traceId=" },
        { new SessionFailedException(Consumer, new InvalidOperationException("a secret")), StatusCode.Internal, "FAILED", "" },
        { new ConsumerLogicException("reader", new HeadReachedException("orders")), StatusCode.Internal, "FAILED", "" },
        { new ConsumerLogicException("reader", new StreamStoppedException("orders")), StatusCode.Unavailable, "UNAVAILABLE", "" },
        {
            new EventFilterException("reader", Event.Create(new EventId(4), new NewEvent(1, "1")), new FormatException("bad")),
            StatusCode.Internal, "FAILED", ""
        },
        { new RemoteCallException("far away", "Internal", isTransient: false), StatusCode.Internal, "FAILED", "" },
        { new RemoteCallException("far away", "Aborted", isTransient: true), StatusCode.Unavailable, "UNAVAILABLE", "" },
        { new UnauthenticatedException("who?", takesBearer: true), StatusCode.Unauthenticated, "UNAUTHENTICATED", "" },
        {
            new AccessDeniedException(new ClaimsPrincipal(), "orders", StreamOperations.Append), StatusCode.PermissionDenied,
            "ACCESS_DENIED", "stream=orders"
        },
        { new AuthorityUnavailableException("https://id.example.com", Cause), StatusCode.Unavailable, "UNAVAILABLE", "" },
        {
            new RateExceededException(10, "appends", TimeSpan.FromSeconds(1.2)), StatusCode.ResourceExhausted, "RATE_EXCEEDED",
            "limit=10 unit=appends retryAfter=2"
        },
        { new TooManyStreamsException(5), StatusCode.ResourceExhausted, "TOO_MANY_STREAMS", "limit=5" },
        { new FormatException("bad"), StatusCode.InvalidArgument, "INVALID_ARGUMENT", "" },
        { new TimeoutException(), StatusCode.Unavailable, "UNAVAILABLE", "" },
        { new InvalidOperationException("a secret"), StatusCode.Internal, "INTERNAL", "traceId=" },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void Of_Exception_HasItsStatusReasonAndFacts(Exception exception, StatusCode code, string reason, string facts)
    {
        var status = ErrorEncoder.Of(exception);

        Assert.Equal((code, reason), (status.Code, status.Reason));
        Assert.Equal(facts, string.Join(' ', status.Facts.Select(fact => $"{fact.Key}={fact.Value}")));
        Assert.DoesNotContain("secret", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_AreOfEveryExceptionOfReflex()
    {
        var tested = Errors.Select(row => row.Data.Item1.GetType()).Where(type => type.IsSubclassOf(typeof(ReflexException))).ToHashSet();
        var told = new[] { typeof(ReflexException), typeof(RemoteCallException), typeof(ProblemMap) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(ReflexException)) && !type.IsAbstract);

        Assert.Equal(told.Select(type => type.Name).Order(), tested.Select(type => type.Name).Order());
    }
}
