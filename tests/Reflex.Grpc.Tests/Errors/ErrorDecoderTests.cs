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

    private static readonly CallContext Context = new("read orders", "orders", "receipts");

    [Fact]
    public void Decode_EveryReason_IsATypedErrorWithTheServersSentence()
    {
        var types = new Dictionary<string, System.Type?>
        {
            [ErrorReasons.HeadReached] = typeof(HeadReachedException),
            [ErrorReasons.StreamStopped] = typeof(StreamStoppedException),
            [ErrorReasons.StreamNotFound] = typeof(StreamNotFoundException),
            [ErrorReasons.StreamConflict] = typeof(StreamConflictException),
            [ErrorReasons.PartitionNotFound] = typeof(PartitionNotFoundException),
            [ErrorReasons.ConsumerNotFound] = typeof(ConsumerNotFoundException),
            [ErrorReasons.ConsumerConflict] = typeof(ConsumerConflictException),
            [ErrorReasons.StreamLimit] = typeof(StreamLimitException),
            [ErrorReasons.ConsumerLimit] = typeof(ConsumerLimitException),
            [ErrorReasons.ConsumerReplaced] = typeof(ConsumerReplacedException),
            [ErrorReasons.ConsumerStopped] = typeof(ConsumerStoppedException),
            [ErrorReasons.SessionEnded] = typeof(SessionEndedException),
            [ErrorReasons.CursorAhead] = typeof(CursorAheadException),
            [ErrorReasons.CursorExpired] = typeof(CursorExpiredException),
            [ErrorReasons.CursorOfAnotherLife] = typeof(CursorOfAnotherLifeException),
            [ErrorReasons.EventTooLarge] = typeof(EventTooLargeException),
            [ErrorReasons.LogBusy] = typeof(LogBusyException),
            [ErrorReasons.LogFull] = typeof(LogFullException),
            [ErrorReasons.LogFailed] = typeof(LogFailedException),
            [ErrorReasons.LogCorrupted] = typeof(LogCorruptedException),
            [ErrorReasons.InvalidArgument] = typeof(ArgumentException),
            [ErrorReasons.InvalidOperation] = typeof(InvalidOperationException),
            [ErrorReasons.Unauthenticated] = typeof(RemoteCallException),
            [ErrorReasons.AccessDenied] = typeof(RemoteCallException),
            [ErrorReasons.TooManyStreams] = typeof(RemoteCallException),
            [ErrorReasons.ServerBusy] = typeof(ServerBusyException),
            [ErrorReasons.Unavailable] = typeof(ClusterUnavailableException),
            [ErrorReasons.Failed] = typeof(InvalidOperationException),
            [ErrorReasons.Internal] = typeof(InvalidOperationException),
        };
        var reasons = typeof(ErrorReasons).GetFields().Select(field => (string)field.GetValue(null)!)
            .Where(reason => reason != ErrorReasons.Domain && !reason.StartsWith("ERR_", StringComparison.Ordinal));
        Assert.All(reasons, reason =>
        {
            var error = Decode(Failures.Reflex(StatusCode.FailedPrecondition, reason, Text));
            Assert.Equal(types[reason], error.GetType());
            Assert.Equal(Text, error.Message);
        });
    }

    [Fact]
    public void Decode_Facts_AreProperties()
    {
        var ahead = Decode<CursorAheadException>(ErrorReasons.CursorAhead, ("partition", "orders/2"), ("cursor", "9"), ("head", "7"));
        Assert.Equal((new PartitionId("orders", 2), 9, 7), (ahead.Partition, ahead.Cursor.Value, ahead.Head.Value));
        var expired = Decode<CursorExpiredException>(
            ErrorReasons.CursorExpired, ("stream", "payments"), ("partition", "3"), ("cursor", "1"), ("oldest", "5"));
        Assert.Equal((new PartitionId("payments", 3), 1, 5), (expired.Partition, expired.Cursor.Value, expired.Oldest.Value));
        var conflict = Decode<StreamConflictException>(
            ErrorReasons.StreamConflict, ("stream", "a"), ("storedPartitions", "4"), ("requestedPartitions", "8"));
        Assert.Equal(("a", 4, 8), (conflict.Stream.Value, conflict.StoredPartitions, conflict.RequestedPartitions));
        var missing = Decode<PartitionNotFoundException>(
            ErrorReasons.PartitionNotFound, ("stream", "a"), ("partition", "4"), ("partitions", "2"));
        Assert.Equal(("a", 4, 2), (missing.Stream.Value, missing.Partition, missing.Partitions));
        var large = Decode<EventTooLargeException>(ErrorReasons.EventTooLarge, ("size", "4000000000"), ("limit", "5"));
        Assert.Equal((4_000_000_000, 5), (large.Size, large.Limit));
        var busy = Decode<LogBusyException>(ErrorReasons.LogBusy, ("partition", "orders/1"), ("limit", "5"));
        Assert.Equal((new PartitionId("orders", 1), 5, true), (busy.Partition, busy.Limit, busy.IsTransient));
        var replaced = Decode<ConsumerReplacedException>(ErrorReasons.ConsumerReplaced, ("stream", "a"), ("consumer", "b"));
        Assert.Equal(new ConsumerId("a", "b"), replaced.Consumer);
    }

    [Fact]
    public void Decode_FactsMissingOrMalformed_AreTheCallsOwnOrNothing()
    {
        var ahead = Decode<CursorAheadException>(
            ErrorReasons.CursorAhead, ("stream", "NO NAME"), ("partition", "x/y/-1"), ("cursor", "-9"), ("head", "99999999999999999999"));
        Assert.Equal((new PartitionId("orders", 0), 0, 0), (ahead.Partition, ahead.Cursor.Value, ahead.Head.Value));
        var expired = Decode<CursorExpiredException>(ErrorReasons.CursorExpired, ("cursor", "9223372036854775807"), ("oldest", "0"));
        Assert.Equal((long.MaxValue, 0), (expired.Cursor.Value, expired.Oldest.Value));
        Assert.Equal(new ConsumerId("orders", "receipts"), Decode<ConsumerNotFoundException>(ErrorReasons.ConsumerNotFound).Consumer);
        Assert.Equal(1, Decode<StreamConflictException>(ErrorReasons.StreamConflict, ("storedPartitions", "-1")).StoredPartitions);
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decode_WhatTheEncoderMade_IsTheSameError(bool isReflexpb)
    {
        ReflexException[] errors =
        [
            new HeadReachedException("orders"),
            new StreamStoppedException("orders"),
            new StreamNotFoundException("orders", ["payments"]),
            new PartitionNotFoundException("orders", 4, 2),
            new StreamConflictException(new StreamDefinition("orders", 2), new StreamDefinition("orders", 3)),
            new ConsumerNotFoundException(new ConsumerId("orders", "a"), []),
            new ConsumerConflictException(new ConsumerId("orders", "a")),
            new ConsumerReplacedException(new ConsumerId("orders", "a")),
            new ConsumerLimitException(new ConsumerId("orders", "a"), 1000, "The option"),
            new StreamLimitException("orders", 1000, "The option"),
            new CursorAheadException(new PartitionId("orders", 3), new EventId(9), new EventId(5)),
            new CursorExpiredException(new PartitionId("orders", 3), new EventId(1), new EventId(5)),
            new CursorOfAnotherLifeException(new PartitionId("orders", 3), new CursorPlace(new EventId(9), 0x39f3a01bc), 0x2c0ffee00),
            new EventTooLargeException("The event", 10, 5, "make it smaller"),
            new LogBusyException(new PartitionId("orders", 3), 5),
            new LogFullException(new PartitionId("orders", 3), "the disk"),
            new LogFailedException(new PartitionId("orders", 3), "it broke."),
            new LogCorruptedException("Damaged."),
            new ClusterUnavailableException("look", new TimeoutException("late")),
        ];
        Assert.All(errors, error =>
        {
            var status = ErrorEncoder.Of(error);
            var decoded = Decode(isReflexpb ? StatusEncoder.ToReflexpb(status, hopOnly: false) : StatusEncoder.ToV1(status));
            Assert.Equal((error.GetType(), LogReference.Tell(error)), (decoded.GetType(), decoded.Message));
            foreach (System.Collections.DictionaryEntry fact in error.Data)
            {
                if (fact.Key is not "reflex.clientMessage")
                {
                    Assert.Equal(fact.Value, decoded.Data[fact.Key]);
                }
            }
        });
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
            StatusCode.InvalidArgument, Text, new ErrorInfo { Domain = "other", Reason = ErrorReasons.HeadReached })));
    }

    private static Exception Decode(RpcException error) => ErrorDecoder.Decode(error, Context);

    private static T Decode<T>(string reason, params (string Name, string Value)[] facts) =>
        Assert.IsType<T>(Decode(Failures.Reflex(StatusCode.FailedPrecondition, reason, Text, facts)));
}
