using CsCheck;
using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex.Tests;

public sealed class NamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("orders")]
    [InlineData("orders.v2_eu-west")]
    [InlineData("a..b")]
    public void Parse_GoodName_IsTakenForStreamsAndConsumers(string name)
    {
        Assert.Equal(name, StreamName.Parse(name).Value);
        Assert.Equal(name, ConsumerName.Parse(name).ToString());
        Assert.True(StreamName.TryParse(name, out var stream) && ConsumerName.TryParse(name, out _));
        Assert.Equal(name, stream.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Orders")]
    [InlineData(".orders")]
    [InlineData("_orders")]
    [InlineData("-orders")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("größe")]
    [InlineData("a\0")]
    [InlineData("a\n")]
    public void Parse_BadName_IsRefusedStatingTheRule(string name)
    {
        var stream = Assert.Throws<FormatException>(() => StreamName.Parse(name));
        Assert.Contains($"'{name}' is not the name of a stream", stream.Message, StringComparison.Ordinal);
        Assert.Contains("1 to 100 characters", stream.Message, StringComparison.Ordinal);
        var consumer = Assert.Throws<FormatException>(() => ConsumerName.Parse(name));
        Assert.Contains($"'{name}' is not the name of a consumer", consumer.Message, StringComparison.Ordinal);
        Assert.False(StreamName.TryParse(name, out var noStream) || ConsumerName.TryParse(name, out _));
        Assert.True(noStream.IsDefault);
    }

    [Fact]
    public void TryParse_Null_IsNoName() => Assert.False(StreamName.TryParse(null, out _) || ConsumerName.TryParse(null, out _));

    [Fact]
    public void Parse_LengthBoundary_Takes100AndRefuses101()
    {
        Assert.Equal(100, StreamName.Parse(new string('a', 100)).Value.Length);
        Assert.Throws<FormatException>(() => StreamName.Parse(new string('a', 101)));
    }

    [Fact]
    public void Parse_AnyText_TakesExactlyWhatTheRuleDescribes()
    {
        const string allowed = "abcdefghijklmnopqrstuvwxyz0123456789._-";
        Gen.String[Gen.Char[" !./09:AZ_az{-"], 0, 12].Sample(text =>
        {
            var isGood = text.Length > 0 && text.All(c => allowed.Contains(c, StringComparison.Ordinal)) && "._-".IndexOf(text[0]) < 0;
            Assert.Equal(isGood, Names.IsValid(text));
        });
    }

    [Fact]
    public void Default_NamesNothing()
    {
        Assert.True(default(StreamName).IsDefault && default(ConsumerName).IsDefault);
        Assert.Equal("", default(StreamName).Value);
        Assert.Throws<ArgumentException>(() => new StreamDefinition(default));
        Assert.Throws<ArgumentException>(() => new ConsumerOptions(default));
    }

    [Fact]
    public void CompareTo_Names_OrdersByCharacterCode()
    {
        StreamName[] names = ["b", "a.b", "a-b", "a"];
        Assert.Equal(["a", "a-b", "a.b", "b"], names.Order().Select(name => name.Value));
    }
}
