using Reflex.Cli.Events;

namespace Reflex.Cli.Tests.Events;

public sealed class ByteOrderMarkTests
{
    [Theory]
    [InlineData(3, 0xEF, 0xBB, 0xBF, 0x7B)]
    [InlineData(3, 0xEF, 0xBB, 0xBF)]
    [InlineData(0, 0xEF, 0xBB)]
    [InlineData(0)]
    [InlineData(0, 0x7B)]
    [InlineData(0, 0x7B, 0x22, 0x74, 0x79)]
    [InlineData(0, 0x0A, 0x0D, 0x0A, 0x7B)]
    [InlineData(0, 0)]
    [InlineData(0, 0xFF)]
    public void Measure_StartOfUtf8_IsTheMarksSize(int expected, params int[] start) =>
        Assert.Equal(expected, ByteOrderMark.Measure([.. start.Select(b => (byte)b)]));

    [Theory]
    [InlineData("UTF-16", 0xFF, 0xFE, 0x7B, 0)]
    [InlineData("UTF-16", 0xFE, 0xFF, 0, 0x7B)]
    [InlineData("UTF-16", 0xFF, 0xFE)]
    [InlineData("UTF-16", 0x7B, 0, 0x22, 0)]
    [InlineData("UTF-16", 0, 0x7B, 0, 0x22)]
    [InlineData("UTF-32", 0xFF, 0xFE, 0, 0)]
    [InlineData("UTF-32", 0, 0, 0xFE, 0xFF)]
    public void Measure_StartOfAnotherEncoding_IsRefusedNamingIt(string encoding, params int[] start)
    {
        var error = Assert.Throws<FormatException>(() => ByteOrderMark.Measure([.. start.Select(b => (byte)b)]));

        Assert.StartsWith($"The events are in {encoding}, as", error.Message, StringComparison.Ordinal);
        Assert.Contains("must be in UTF-8", error.Message, StringComparison.Ordinal);
    }
}
