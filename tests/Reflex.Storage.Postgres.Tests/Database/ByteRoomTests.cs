using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Tests.Database;

public sealed class ByteRoomTests
{
    [Fact]
    public void Enter_WhenThereIsNoRoom_WaitsInTheOrderOfComing()
    {
        var room = new ByteRoom(10);
        Assert.True(room.EnterAsync(6).IsCompleted);
        Assert.True(room.EnterAsync(4).IsCompleted);
        var large = room.EnterAsync(8);
        var small = room.EnterAsync(1);
        room.Leave(4);
        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted);
        room.Leave(6);
        Assert.True(large.IsCompleted);
        Assert.True(small.IsCompleted);
    }

    [Fact]
    public void Enter_WithMoreThanAll_HasTheRoomAlone()
    {
        var room = new ByteRoom(10);
        Assert.True(room.EnterAsync(100).IsCompleted);
        var next = room.EnterAsync(1);
        Assert.False(next.IsCompleted);
        room.Leave(100);
        Assert.True(next.IsCompleted);
    }
}
