using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Wire;
using Reflex.Streams;

namespace Reflex.Grpc.Tests.Wire;

public sealed class EventMessagesTests
{
    [Theory]
    [InlineData("7", null, 0, 7)]
    [InlineData("7", 3, 3, 7)]
    public void Decode_PlainId_IsTheEventsInThatPartition(string id, int? partition, int expected, long expectedId)
    {
        var e = Assert.Single(EventMessages.Decode(Message(id).ToByteArray(), partition));
        Assert.Equal((expected, expectedId, (Cursor)id), (e.Partition, e.Id.Value, e.Cursor));
        Assert.Equal((2, "entity", 5L, "m", "t"), (
            e.Type.Value, e.ForeignId, e.Timestamp.ToUnixTimeSeconds(), Text(e.Metadata), Text(e.Trace)));
    }

    [Fact]
    public void Decode_Vector_IsTheEventOfItsEntitysPartition()
    {
        var e = Assert.Single(EventMessages.Decode(Message("11.12.13").ToByteArray(), null));
        var partition = Partitioning.PartitionOf("entity", 3);
        Assert.Equal((partition, 11L + partition, (Cursor)"11.12.13"), (e.Partition, e.Id.Value, e.Cursor));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("01")]
    [InlineData("9223372036854775807")]
    [InlineData("a7f0")]
    [InlineData("..")]
    [InlineData("0.0.0")]
    public void Decode_NoId_IsRefused(string id)
    {
        Assert.Throws<InvalidDataException>(() => EventMessages.Decode(Message(id).ToByteArray(), null));
        Assert.Throws<InvalidDataException>(() => EventMessages.Convert(Message(id)));
    }

    [Fact]
    public void Convert_AnyMessage_IsWhatDecodeMakesOfItsBytes()
    {
        Reflexpb.Event[] messages = [Message("7"), Message("1.2"), new() { Id = "1" }];
        Assert.All(messages, message =>
        {
            var decoded = Assert.Single(EventMessages.Decode(message.ToByteArray(), null));
            var converted = Assert.Single(EventMessages.Convert(message));
            Assert.Equal(Describe(decoded), Describe(converted));
        });
    }

    private static string Describe(Event e) => $"{e} {e.Cursor} {e.Timestamp:O} {Text(e.Metadata)} {Text(e.Trace)}";

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    private static Reflexpb.Event Message(string id) => new()
    {
        Id = id,
        Type = 2,
        ForeignId = "entity",
        Timestamp = new Timestamp { Seconds = 5 },
        Metadata = ByteString.CopyFromUtf8("m"),
        Trace = ByteString.CopyFromUtf8("t"),
    };
}
