using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Grpc.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Grpc.Tests.Errors;

public sealed class ErrorDecoderTests
{
    private const string Text = "What the server says.";

    // One of every exception with a code of its own, and of the one that stands for what passes by itself.
    private static readonly ReflexException[] Errors =
    [
        new HeadReachedException("orders"),
        new StreamStoppedException("orders"),
        new StreamNotFoundException("orders", ["payments"]),
        new PartitionNotFoundException("orders", 4, 2),
        new StreamConflictException(new StreamDefinition("orders", 2), new StreamDefinition("orders", 3)),
        new StreamLimitException("orders", 1000, "The option"),
        new ConsumerNotFoundException(new ConsumerId("orders", "a"), []),
        new ConsumerConflictException(new ConsumerId("orders", "a")),
        new ConsumerReplacedException(new ConsumerId("orders", "a")),
        new ConsumerStoppedException(new ConsumerId("orders", "a")),
        new ConsumerLimitException(new ConsumerId("orders", "a"), 1000, "The option"),
        new SessionEndedException(new ConsumerId("orders", "a")),
        new CursorAheadException(new PartitionId("orders", 3), new EventId(9), new EventId(5)),
        new CursorExpiredException(new PartitionId("orders", 3), new EventId(1), new EventId(5)),
        new CursorOfAnotherLifeException(new PartitionId("orders", 3), new CursorPlace(new EventId(9), 0x39f3a01bc), 0x2c0ffee00),
        new EventTooLargeException("The event", 10, 5, "make it smaller"),
        new LogBusyException(new PartitionId("orders", 3), 5),
        new QuotaExceededException(new PartitionId("orders", 3), 5, 4, TimeSpan.FromSeconds(2)),
        new UpgradeUnfinishedException(new PartitionId("orders", 3), 1, 2),
        new LogFullException(new PartitionId("orders", 3), "the disk"),
        new LogUnavailableException(new PartitionId("orders", 3), "it is away.", "the disk"),
        new LogFailedException(new PartitionId("orders", 3), "it broke."),
        new LogCorruptedException("Damaged."),
        new ServerBusyException("No room."),
        new ClusterUnavailableException("look", new TimeoutException("late")),
        new StreamBeingDeletedException("orders"),
        new StreamReplacedException("orders", 2, 3),
        new ConsumerBeingRemovedException(new ConsumerId("orders", "a")),
    ];

    private static readonly CallContext Context = new("read orders", "orders", "receipts");

    [Fact]
    public void Decode_EveryReason_IsATypedErrorWithTheServersSentence()
    {
        var types = new Dictionary<string, System.Type>
        {
            ["HEAD_REACHED"] = typeof(HeadReachedException),
            ["STREAM_STOPPED"] = typeof(StreamStoppedException),
            ["STREAM_NOT_FOUND"] = typeof(StreamNotFoundException),
            ["STREAM_CONFLICT"] = typeof(StreamConflictException),
            ["PARTITION_NOT_FOUND"] = typeof(PartitionNotFoundException),
            ["CONSUMER_NOT_FOUND"] = typeof(ConsumerNotFoundException),
            ["CONSUMER_CONFLICT"] = typeof(ConsumerConflictException),
            ["STREAM_LIMIT"] = typeof(StreamLimitException),
            ["CONSUMER_LIMIT"] = typeof(ConsumerLimitException),
            ["CONSUMER_REPLACED"] = typeof(ConsumerReplacedException),
            ["CONSUMER_STOPPED"] = typeof(ConsumerStoppedException),
            ["SESSION_ENDED"] = typeof(SessionEndedException),
            ["CURSOR_AHEAD"] = typeof(CursorAheadException),
            ["CURSOR_EXPIRED"] = typeof(CursorExpiredException),
            ["CURSOR_OF_ANOTHER_LIFE"] = typeof(CursorOfAnotherLifeException),
            ["EVENT_TOO_LARGE"] = typeof(EventTooLargeException),
            ["LOG_BUSY"] = typeof(LogBusyException),
            ["QUOTA_EXCEEDED"] = typeof(QuotaExceededException),
            ["UPGRADE_UNFINISHED"] = typeof(UpgradeUnfinishedException),
            ["LOG_FULL"] = typeof(LogFullException),
            ["LOG_UNAVAILABLE"] = typeof(LogUnavailableException),
            ["LOG_FAILED"] = typeof(LogFailedException),
            ["LOG_CORRUPTED"] = typeof(LogCorruptedException),
            [ErrorReasons.InvalidArgument] = typeof(ArgumentException),
            [ErrorReasons.InvalidOperation] = typeof(InvalidOperationException),
            ["UNAUTHENTICATED"] = typeof(RemoteCallException),
            ["ACCESS_DENIED"] = typeof(RemoteCallException),
            ["TOO_MANY_STREAMS"] = typeof(RemoteCallException),
            ["RATE_EXCEEDED"] = typeof(RemoteCallException),
            ["SERVER_BUSY"] = typeof(ServerBusyException),
            ["UNAVAILABLE"] = typeof(ClusterUnavailableException),
            ["FAILED"] = typeof(InvalidOperationException),
            [ErrorReasons.Internal] = typeof(InvalidOperationException),
        };
        Assert.All(types.Keys, reason =>
        {
            var error = Decode(Failures.Reflex(StatusCode.FailedPrecondition, reason, Text));
            Assert.Equal(types[reason], error.GetType());
            Assert.Equal(Text, error.Message);
        });
    }

    [Fact]
    public void Decode_Facts_AreProperties()
    {
        var ahead = Decode<CursorAheadException>("CURSOR_AHEAD", ("partition", "orders/2"), ("cursor", "9"), ("head", "7"));
        Assert.Equal((new PartitionId("orders", 2), 9, 7), (ahead.Partition, ahead.Cursor.Value, ahead.Head.Value));
        var expired = Decode<CursorExpiredException>(
            "CURSOR_EXPIRED", ("stream", "payments"), ("partition", "3"), ("cursor", "1"), ("oldest", "5"));
        Assert.Equal((new PartitionId("payments", 3), 1, 5), (expired.Partition, expired.Cursor.Value, expired.Oldest.Value));
        var conflict = Decode<StreamConflictException>(
            "STREAM_CONFLICT", ("stream", "a"), ("storedPartitions", "4"), ("requestedPartitions", "8"));
        Assert.Equal(("a", 4, 8), (conflict.Stream.Value, conflict.StoredPartitions, conflict.RequestedPartitions));
        var missing = Decode<PartitionNotFoundException>(
            "PARTITION_NOT_FOUND", ("stream", "a"), ("partition", "4"), ("partitions", "2"));
        Assert.Equal(("a", 4, 2), (missing.Stream.Value, missing.Partition, missing.Partitions));
        var large = Decode<EventTooLargeException>("EVENT_TOO_LARGE", ("size", "4000000000"), ("limit", "5"));
        Assert.Equal((4_000_000_000, 5), (large.Size, large.Limit));
        var busy = Decode<LogBusyException>("LOG_BUSY", ("partition", "orders/1"), ("limit", "5"));
        Assert.Equal((new PartitionId("orders", 1), 5, true), (busy.Partition, busy.Limit, busy.IsTransient));
        var unfinished = Decode<UpgradeUnfinishedException>(
            "UPGRADE_UNFINISHED", ("partition", "orders/1"), ("olderSilos", "1"), ("silos", "3"));
        Assert.Equal((new PartitionId("orders", 1), 1, 3), (unfinished.Partition, unfinished.OlderSilos, unfinished.Silos));
        var replaced = Decode<ConsumerReplacedException>("CONSUMER_REPLACED", ("stream", "a"), ("consumer", "b"));
        Assert.Equal(new ConsumerId("a", "b"), replaced.Consumer);
    }

    [Fact]
    public void Decode_FactsMissingOrMalformed_AreTheCallsOwnOrNothing()
    {
        var ahead = Decode<CursorAheadException>(
            "CURSOR_AHEAD", ("stream", "NO NAME"), ("partition", "x/y/-1"), ("cursor", "-9"), ("head", "99999999999999999999"));
        Assert.Equal((new PartitionId("orders", 0), 0, 0), (ahead.Partition, ahead.Cursor.Value, ahead.Head.Value));
        var expired = Decode<CursorExpiredException>("CURSOR_EXPIRED", ("cursor", "9223372036854775807"), ("oldest", "0"));
        Assert.Equal((long.MaxValue, 0), (expired.Cursor.Value, expired.Oldest.Value));
        Assert.Equal(new ConsumerId("orders", "receipts"), Decode<ConsumerNotFoundException>("CONSUMER_NOT_FOUND").Consumer);
        Assert.Equal(1, Decode<StreamConflictException>("STREAM_CONFLICT", ("storedPartitions", "-1")).StoredPartitions);
    }

    [Fact]
    public void Decode_CodesOfLunoReflex_AreTheEndsOfStreams()
    {
        var hop = new Jettisonpb.Hop
        {
            Errors = { new Jettisonpb.Error { Code = "other" }, new Jettisonpb.Error { Code = ErrorReasons.HeadReachedCode } },
        };
        Assert.IsType<HeadReachedException>(Decode(Failures.With(StatusCode.Unknown, Text, hop)));
        var wrapped = new Jettisonpb.WrappedError
        {
            JoinedErrors =
            {
                new Jettisonpb.WrappedError(),
                new Jettisonpb.WrappedError { WrappedError_ = new Jettisonpb.WrappedError { Code = ErrorReasons.StreamStoppedCode } },
            },
        };
        Assert.IsType<StreamStoppedException>(Decode(Failures.With(StatusCode.Unknown, Text, new Jettisonpb.Hop(), wrapped)));
        Assert.IsType<RemoteCallException>(Decode(Failures.With(StatusCode.Unknown, Text, new Jettisonpb.Hop { Binary = "x" })));
    }

    [Fact]
    public void Errors_AreOfEveryCode()
    {
        // A base class tells of what its subclasses are too, which a client can't tell from it.
        System.Type[] others =
        [
            typeof(ConsumerBusyException), typeof(ConsumerLogicException), typeof(CursorStoreException), typeof(EventFilterException),
            typeof(LogFencedException), typeof(SessionFailedException), typeof(StateStoreException), typeof(StorageRefusedException),
            typeof(StoredCursorAheadException),
        ];
        Assert.Equal(
            typeof(ReflexException).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(ReflexException)) && !type.IsAbstract)
                .Select(type => type.Name)
                .Order(),
            Errors.Select(error => error.GetType()).Concat(others).Select(type => type.Name).Order());
        Assert.Equal(Errors.Length, Errors.DistinctBy(error => error.Code).Count());
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, typeof(ClusterUnavailableException))]
    [InlineData(StatusCode.DeadlineExceeded, typeof(ClusterUnavailableException))]
    [InlineData(StatusCode.Cancelled, typeof(ClusterUnavailableException))]
    [InlineData(StatusCode.InvalidArgument, typeof(ArgumentException))]
    [InlineData(StatusCode.FailedPrecondition, typeof(InvalidOperationException))]
    [InlineData(StatusCode.OutOfRange, typeof(RemoteCallException))]
    [InlineData(StatusCode.Aborted, typeof(RemoteCallException))]
    [InlineData(StatusCode.PermissionDenied, typeof(RemoteCallException))]
    [InlineData(StatusCode.Unauthenticated, typeof(RemoteCallException))]
    [InlineData(StatusCode.Unimplemented, typeof(RemoteCallException))]
    [InlineData(StatusCode.Internal, typeof(RemoteCallException))]
    public void Decode_BareStatus_IsTypedByItsCode(StatusCode code, System.Type expected)
    {
        var error = Decode(new RpcException(new global::Grpc.Core.Status(code, Text)));
        Assert.IsType(expected, error);
        Assert.Contains(Text, error.Message, StringComparison.Ordinal);
        if (error is RemoteCallException remote)
        {
            Assert.Equal((code.ToString(), code == StatusCode.Aborted), (remote.Status, remote.IsTransient));
        }
    }

    [Fact]
    public void Decode_BareStatusOfACallThatExpectsIt_IsItsEnd()
    {
        Assert.IsType<HeadReachedException>(ErrorDecoder.Decode(
            new RpcException(new global::Grpc.Core.Status(StatusCode.OutOfRange, Text)), Context with { IsToHead = true }));
        var replaced = Assert.IsType<ConsumerReplacedException>(ErrorDecoder.Decode(
            new RpcException(new global::Grpc.Core.Status(StatusCode.Aborted, Text)), Context with { IsSession = true }));
        Assert.Equal(new ConsumerId("orders", "receipts"), replaced.Consumer);
    }

    [Fact]
    public void Decode_TransportsOwnError_IsUnavailable() => Assert.IsType<ClusterUnavailableException>(Decode(new RpcException(
        new global::Grpc.Core.Status(StatusCode.Internal, "x", new InvalidOperationException("y", new IOException("z"))))));

    [Fact]
    public void Decode_GarbageInTheDetails_LeavesTheStatus()
    {
        var garbage = new Any { TypeUrl = "type.googleapis.com/jettisonpb.Hop", Value = ByteString.CopyFrom(255, 255, 255) };
        byte[][] details = [[255, 255], [], new Google.Rpc.Status { Details = { garbage, new Any() } }.ToByteArray()];
        Assert.All(details, bytes => Assert.IsType<ArgumentException>(
            Decode(Failures.WithBytes(StatusCode.InvalidArgument, Text, bytes))));
        Assert.IsType<ArgumentException>(Decode(Failures.With(
            StatusCode.InvalidArgument, Text, new ErrorInfo { Domain = "other", Reason = "HEAD_REACHED" })));
    }

    private static Exception Decode(RpcException error) => ErrorDecoder.Decode(error, Context);

    private static T Decode<T>(string reason, params (string Name, string Value)[] facts) =>
        Assert.IsType<T>(Decode(Failures.Reflex(StatusCode.FailedPrecondition, reason, Text, facts)));
}
