using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Serialization;
using Reflex.Storage;

namespace Reflex.Orleans.Tests.Serialization;

public sealed class BlocksCodecTests
{
    private readonly Serializer _serializer = new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(typeof(Blocks).Assembly))
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    [Theory]
    [InlineData()]
    [InlineData(0)]
    [InlineData(1, 70_000, 0, 3)]
    public void Serialize_AndBack_GivesTheSameBlocks(params int[] sizes)
    {
        var random = new Random(1);
        var blocks = sizes.Select(size =>
        {
            var bytes = new byte[size + 10];
            random.NextBytes(bytes);
            return new ReadOnlyMemory<byte>(bytes, 5, size);
        }).ToArray();

        var bytes = _serializer.SerializeToArray(new PageResponse(new Blocks(blocks), 3, 9, null, 0));
        var back = _serializer.Deserialize<PageResponse>(bytes);

        Assert.NotNull(back);
        Assert.Equal(blocks.Select(block => block.ToArray()), back.Blocks.Items.Select(block => block.ToArray()));
        Assert.Equal((3, 9, null, 0), (back.Oldest, back.Head, back.ReadTo, back.ReadToEpoch));
        Assert.InRange(bytes.Length, sizes.Sum(), sizes.Sum() + 200);
    }

    [Fact]
    public void Serialize_APageThatSaysHowFarItWasRead_GivesItBack()
    {
        var page = new LogPage([], new EventId(3), new EventId(9)) { ReadTo = new CursorPlace(new EventId(7), 5) };

        var back = _serializer.Deserialize<PageResponse>(_serializer.SerializeToArray(PageResponse.Of(page)))!.ToPage();

        Assert.Equal((page.Oldest, page.Head, page.ReadTo), (back.Oldest, back.Head, back.ReadTo));
        Assert.False(back.IsEmpty);
    }

    [Fact]
    public void Deserialize_WithABlockLongerThanItsMessage_IsRefused()
    {
        var bytes = _serializer.SerializeToArray(new AppendRequest(new Blocks([new byte[] { 1, 2, 3 }]), Partitions: 0));
        var size = bytes.AsSpan().IndexOf<byte>([3, 0, 0, 0, 1, 2, 3]);
        bytes[size] = 4;

        var error = Assert.Throws<FormatException>(() => _serializer.Deserialize<AppendRequest>(bytes));

        Assert.Contains("block of 4 bytes", error.Message, StringComparison.Ordinal);
    }
}
