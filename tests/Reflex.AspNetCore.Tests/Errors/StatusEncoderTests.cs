using Grpc.Core;
using Reflex.AspNetCore.Errors;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Errors;

public sealed class StatusEncoderTests
{
    private const string HeadReached = "The head of the stream 'orders' is reached.";
    private const string Ahead = "The cursor 9 of orders/1 is ahead of its head 3: use a cursor that this stream has given.";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ToReflexpb_HeadReached_IsExactlyTheseBytes(bool hopOnly)
    {
        var status = ErrorEncoder.Of(new HeadReachedException("orders"));

        var error = StatusEncoder.ToReflexpb(status, hopOnly);

        var hop = Join(Text(1, "reflex"), Message(2, Join(Text(1, HeadReached), Text(4, "ERR_b4b155d2a91cfcd0"))));
        var wrapped = Join(Text(1, HeadReached), Text(5, "reflex"), Text(7, "ERR_b4b155d2a91cfcd0"));
        var expected = Join(
            [0x08, 11],
            Text(2, HeadReached),
            Message(3, Join(Text(1, "type.googleapis.com/jettisonpb.Hop"), Message(2, hop))),
            hopOnly ? [] : Message(3, Join(Text(1, "type.googleapis.com/jettisonpb.WrappedError"), Message(2, wrapped))));
        Assert.Equal(StatusCode.OutOfRange, error.StatusCode);
        Assert.Equal(expected, Assert.Single(error.Trailers).ValueBytes);
    }

    [Fact]
    public void ToReflexpb_Stopped_HasTheCodeThatClientsKnow()
    {
        var error = StatusEncoder.ToReflexpb(ErrorEncoder.Of(new StreamStoppedException("orders")), hopOnly: false);

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        var text = System.Text.Encoding.Latin1.GetString(Assert.Single(error.Trailers).ValueBytes);
        Assert.Equal(3, text.Split("ERR_09290f5944cb8671").Length);
    }

    [Fact]
    public void ToReflexpb_CursorAhead_HasTheFactsInBothForms()
    {
        var status = ErrorEncoder.Of(new CursorAheadException(new PartitionId("orders", 1), new EventId(9), new EventId(3)));

        var error = StatusEncoder.ToReflexpb(status, hopOnly: false);

        byte[] Facts(int field) => Join(
            Message(field, Join(Text(1, "stream"), Text(2, "orders"))),
            Message(field, Join(Text(1, "partition"), Text(2, "1"))),
            Message(field, Join(Text(1, "cursor"), Text(2, "9"))),
            Message(field, Join(Text(1, "head"), Text(2, "3"))));
        var hop = Join(Text(1, "reflex"), Message(2, Join(Text(1, Ahead), Facts(3), Text(4, "CURSOR_AHEAD"))));
        var wrapped = Join(Text(1, Ahead), Text(5, "reflex"), Text(7, "CURSOR_AHEAD"), Facts(8));
        var expected = Join(
            [0x08, 11],
            Text(2, Ahead),
            Message(3, Join(Text(1, "type.googleapis.com/jettisonpb.Hop"), Message(2, hop))),
            Message(3, Join(Text(1, "type.googleapis.com/jettisonpb.WrappedError"), Message(2, wrapped))));
        Assert.Equal(expected, Assert.Single(error.Trailers).ValueBytes);
    }

    [Fact]
    public void ToV1_StreamNotFound_IsExactlyTheseBytes()
    {
        var exception = new StreamNotFoundException("orders", []);

        var error = StatusEncoder.ToV1(ErrorEncoder.Of(exception));

        var info = Join(
            Text(1, "STREAM_NOT_FOUND"), Text(2, "reflex"), Message(3, Join(Text(1, "stream"), Text(2, "orders"))));
        var expected = Join(
            [0x08, 5],
            Text(2, exception.Message),
            Message(3, Join(Text(1, "type.googleapis.com/google.rpc.ErrorInfo"), Message(2, info))));
        Assert.Equal(expected, Assert.Single(error.Trailers).ValueBytes);
        Assert.Equal("grpc-status-details-bin", error.Trailers[0].Key);
    }

    [Fact]
    public void ToV1_Cancelled_HasNoDetails() =>
        Assert.Empty(StatusEncoder.ToV1(new ErrorStatus(StatusCode.Cancelled, "", "Cancelled.")).Trailers);

    private static byte[] Text(int field, string text) => Message(field, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A field of bytes: its number and wire type 2, the length, the bytes.</summary>
    private static byte[] Message(int field, byte[] content)
    {
        List<byte> bytes = [(byte)((field << 3) | 2)];
        var length = content.Length;
        for (; length > 0x7F; length >>= 7)
        {
            bytes.Add((byte)(length | 0x80));
        }

        bytes.Add((byte)length);
        return [.. bytes, .. content];
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];
}
