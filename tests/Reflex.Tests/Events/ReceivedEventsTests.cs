using System.Runtime.InteropServices;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Tests.Events;

public sealed class ReceivedEventsTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));

    [Fact]
    public void Add_WhatWasSent_IsTheEvent()
    {
        var received = new ReceivedEvents(partition: 1, epoch: 7, Cursor.Parse("5.6"), count: 2, contentBytes: 10);
        var first = received.Add(new EventId(3), 4, Time, "user-1"u8, [1, 2], [3]);
        var second = received.Add(new EventId(4), -5, DateTimeOffset.MaxValue, "ü"u8, [], new byte[100]);

        Assert.Equal((3, 1, 7, 4, "user-1"), (first.Id.Value, first.Partition, first.Epoch, first.Type.Value, first.ForeignId));
        Assert.Equal((Time.ToUniversalTime(), "5.3@7"), (first.Timestamp, $"{first.Cursor}"));
        Assert.Equal((byte[])[1, 2], first.Trace.ToArray());
        Assert.Equal((byte[])[3], first.Metadata.ToArray());
        Assert.Equal((-5, "ü", DateTimeOffset.MaxValue), (second.Type.Value, second.ForeignId, second.Timestamp));
        Assert.Equal((0, 100), (second.Trace.Length, second.Metadata.Length));
    }

    [Fact]
    public void Add_ManyEvents_ShareBuffersThatAreNotLarge()
    {
        var received = new ReceivedEvents(0, 0, default, count: 4000, contentBytes: 4000 * 100);
        var buffers = new HashSet<byte[]>();
        for (var i = 1; i <= 4000; i++)
        {
            var e = received.Add(new EventId(i), 1, Time, "user-123456"u8, [], new byte[89]);
            Assert.True(MemoryMarshal.TryGetArray(e.Metadata, out var part));
            buffers.Add(part.Array!);
        }

        Assert.InRange(buffers.Count, 8, 9);
        Assert.All(buffers, buffer => Assert.InRange(buffer.Length, 1, 64 * 1024));
    }

    [Fact]
    public void Add_WhatNoPartitionCouldStore_IsMisuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>("id", () => Add(0, "a"u8, []));
        Assert.Throws<ArgumentOutOfRangeException>("foreignId", () => Add(1, new byte[1025], []));
        Assert.Throws<ArgumentOutOfRangeException>("trace", () => Add(1, "a"u8, new byte[1025]));
        Assert.Throws<ArgumentOutOfRangeException>("partition", () => new ReceivedEvents(-1, 0, default, 1, 1));
    }

    private static void Add(long id, ReadOnlySpan<byte> foreignId, ReadOnlySpan<byte> trace) =>
        new ReceivedEvents(0, 0, default, 1, 0).Add(new EventId(id), 1, Time, foreignId, trace, []);
}
