using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Reflex.Cursors;
using Reflex.Grpc.Wire;

namespace Reflex.Grpc.Tests.Wire;

public sealed class StreamMessagesTests
{
    private static readonly Gen<V1.Event> AnyEvent = Gen.Select(
        Gen.Long[1, long.MaxValue - 1],
        Gen.Int,
        Gen.Long[-62135596800, 253402300799],
        Gen.Int[0, 999_999_999],
        Gen.String[Gen.Char['a', 'z'], 0, 40],
        Gen.Byte.Array[0, 200],
        Gen.Byte.Array[0, 30],
        (id, type, seconds, nanos, foreignId, metadata, trace) => new V1.Event
        {
            Id = id,
            Type = type,
            Timestamp = new Timestamp { Seconds = seconds, Nanos = nanos },
            ForeignId = foreignId,
            Metadata = ByteString.CopyFrom(metadata),
            Trace = ByteString.CopyFrom(trace),
        });

    [Fact]
    public void Decode_AnyEvents_AreAsTheyWereSent() => AnyEvent.List[0, 50].Sample(events =>
    {
        var message = new V1.StreamResponse { After = "12.40.7", Partition = 1, Events = { events } };
        var decoded = StreamMessages.Decode(message.ToByteArray()).Events;
        Assert.Equal(events.Count, decoded.Length);
        foreach (var (sent, got) in events.Zip(decoded))
        {
            Assert.Equal((sent.Id, sent.Type, sent.ForeignId, 1), (got.Id.Value, got.Type.Value, got.ForeignId, got.Partition));
            Assert.Equal(sent.Timestamp.Seconds, got.Timestamp.ToUnixTimeSeconds());
            Assert.Equal(sent.Timestamp.Nanos / 100, got.Timestamp.Ticks % TimeSpan.TicksPerSecond);
            Assert.Equal(sent.Metadata.ToByteArray(), got.Metadata.ToArray());
            Assert.Equal(sent.Trace.ToByteArray(), got.Trace.ToArray());
            Assert.Equal(Cursor.Parse($"12.{sent.Id}.7"), got.Cursor);
        }
    });

    [Fact]
    public void Decode_AnyBytes_AreEventsOrRefused() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        var error = Record.Exception(() => StreamMessages.Decode(bytes));
        Assert.True(error is null or InvalidDataException, $"{error}");
        error = Record.Exception(() => EventMessages.Decode(bytes, 0));
        Assert.True(error is null or InvalidDataException, $"{error}");
    });

    [Fact]
    public void Decode_MessageWithOneByteChanged_IsEventsOrRefused()
    {
        var events = Enumerable.Range(1, 5).Select(i =>
            new V1.Event { Id = i, ForeignId = "abc", Timestamp = new Timestamp { Seconds = i } });
        var message = new V1.StreamResponse { After = "1.2", Partition = 1, Events = { events } }.ToByteArray();
        Gen.Select(Gen.Int[0, message.Length - 1], Gen.Byte).Sample((index, value) =>
        {
            var changed = message.ToArray();
            changed[index] = value;
            var error = Record.Exception(() => StreamMessages.Decode(changed));
            Assert.True(error is null or InvalidDataException, $"{error}");
        });
    }

    [Theory]
    [InlineData("x", 0, 1)]
    [InlineData("1.2", 2, 1)]
    [InlineData("", -1, 1)]
    [InlineData("", 1024, 1)]
    [InlineData("", 0, 0)]
    [InlineData("", 0, -5)]
    [InlineData("", 0, long.MaxValue)]
    public void Decode_WhatNoServerMaySend_IsRefused(string after, int partition, long id) => Assert.Throws<InvalidDataException>(
        () => StreamMessages.Decode(
            new V1.StreamResponse { After = after, Partition = partition, Events = { new V1.Event { Id = id } } }.ToByteArray()));

    [Fact]
    public void Decode_TimesAndSizesOutOfRange_AreRefused()
    {
        V1.Event[] events =
        [
            new() { Id = 1, Timestamp = new Timestamp { Seconds = long.MaxValue } },
            new() { Id = 1, Timestamp = new Timestamp { Seconds = long.MinValue } },
            new() { Id = 1, Timestamp = new Timestamp { Nanos = -1 } },
            new() { Id = 1, ForeignId = new string('x', 1025) },
            new() { Id = 1, Trace = ByteString.CopyFrom(new byte[1025]) },
        ];
        Assert.All(events, e => Assert.Throws<InvalidDataException>(
            () => StreamMessages.Decode(new V1.StreamResponse { Events = { e } }.ToByteArray())));
    }
}
