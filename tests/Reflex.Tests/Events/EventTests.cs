using System.Text;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Tests.Events;

public sealed class EventTests
{
    private enum OrderEvent
    {
        Placed = 1,
        Paid,
        Shipped,
    }

    [Fact]
    public void Create_AllParts_ReadBackAsGiven()
    {
        var timestamp = new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(1);
        var e = Event.Create(
            new EventId(7),
            NewEvent.Of(OrderEvent.Paid, "größe-42") with { Metadata = "m"u8.ToArray(), Trace = "t"u8.ToArray(), Timestamp = timestamp },
            partition: 3);
        Assert.Equal(7, e.Id.Value);
        Assert.Equal(3, e.Partition);
        Assert.Equal("7", e.Cursor.ToString());
        Assert.Equal(OrderEvent.Paid, e.Type.To<OrderEvent>());
        Assert.Equal("größe-42", e.ForeignId);
        Assert.Equal("größe-42", Encoding.UTF8.GetString(e.ForeignIdUtf8));
        Assert.Equal(timestamp, e.Timestamp);
        Assert.Equal(TimeSpan.Zero, e.Timestamp.Offset);
        Assert.Equal("m"u8, e.Metadata.Span);
        Assert.Equal("t"u8, e.Trace.Span);
        Assert.Equal("3/7 type 2 of 'größe-42'", e.ToString());
    }

    [Fact]
    public void Create_OnlyTypeAndForeignId_HasEmptyRestAndTheEpoch()
    {
        var e = Event.Create(new EventId(1), new NewEvent(5, ""));
        Assert.Equal("", e.ForeignId);
        Assert.True(e.Metadata.IsEmpty && e.Trace.IsEmpty);
        Assert.Equal(DateTimeOffset.UnixEpoch, e.Timestamp);
    }

    [Fact]
    public void Create_GivenBufferChangesLater_EventDoesNot()
    {
        var metadata = "before"u8.ToArray();
        var e = Event.Create(new EventId(1), new NewEvent(1, "1") { Metadata = metadata });
        metadata[0] = 0;
        Assert.Equal("before"u8, e.Metadata.Span);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59.9999999Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    public void Timestamp_BoundaryOfTheCalendar_RoundTrips(string text)
    {
        var timestamp = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(timestamp, Event.Create(new EventId(1), new NewEvent(1, "1") { Timestamp = timestamp }).Timestamp);
    }

    [Fact]
    public void Create_IdOrPartitionOutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Event.Create(EventId.None, new NewEvent(1, "1")));
        Assert.Throws<ArgumentOutOfRangeException>(() => Event.Create(new EventId(1), new NewEvent(1, "1"), -1));
    }

    [Fact]
    public void IsAnyType_SomeNoneAndNothing_AnswersByMembership()
    {
        var e = Event.Create(new EventId(1), NewEvent.Of(OrderEvent.Paid, "1"));
        Assert.True(e.IsType(OrderEvent.Paid));
        Assert.False(e.IsType(OrderEvent.Placed));
        Assert.True(e.IsAnyType(OrderEvent.Placed, OrderEvent.Paid));
        Assert.False(e.IsAnyType(OrderEvent.Placed, OrderEvent.Shipped));
        Assert.False(e.IsAnyType<OrderEvent>());
    }

    [Fact]
    public void Copy_OfAnEvent_IsEqualInEveryPart()
    {
        var e = Event.Create(new EventId(9), new NewEvent(1, "id") { Metadata = "m"u8.ToArray() }, partition: 2);
        var copy = e.Copy();
        Assert.NotSame(e, copy);
        Assert.Equal(e.ToString(), copy.ToString());
        Assert.Equal(e.Metadata.Span, copy.Metadata.Span);
        Assert.Equal((Cursor)"9", copy.Cursor);
    }
}
