using Reflex.Events;
using Reflex.Storage;
using Reflex.Tests.Shared;

namespace Reflex.Tests.Events;

public sealed class NewEventTests
{
    private static EventBatchBuilder Builder(int maxEventBytes = 1024 * 1024) => new(TimeProvider.System, maxEventBytes);

    [Theory]
    [InlineData('a', 1024)]
    [InlineData('ü', 512)]
    [InlineData('語', 341)]
    public void ForeignId_OfTheLongestSize_IsTaken(char letter, int count)
    {
        var builder = Builder();
        builder.Add(new NewEvent(1, new string(letter, count)));
        Assert.Equal(1, builder.Count);
    }

    [Theory]
    [InlineData("", 0, 20)]
    [InlineData("größe", 0, 27)]
    [InlineData("a", 1000, 1021)]
    public void Measure_IsWhatTheBuilderAdds(string foreignId, int metadata, int bytes)
    {
        var e = new NewEvent(1, foreignId) { Metadata = new byte[metadata] };
        var builder = Builder();
        builder.Add(e);
        Assert.Equal((bytes, builder.Bytes), (e.Measure(), bytes));
        Assert.Throws<ArgumentException>(() => default(NewEvent).Measure());
    }

    [Theory]
    [InlineData('a', 1025, 1025)]
    [InlineData('ü', 513, 1026)]
    [InlineData('語', 342, 1026)]
    public void ForeignId_OverTheLongestSize_IsRefusedNamingBoth(char letter, int count, int bytes)
    {
        var error = Assert.Throws<ArgumentException>(() => Builder().Add(new NewEvent(1, new string(letter, count))));
        Assert.Contains($"{bytes} bytes of UTF-8; the limit is 1024", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForeignId_Null_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Builder().Add(new NewEvent(1, null!)));
        Assert.Throws<ArgumentException>(() => Builder().Add(default));
        Assert.Throws<ArgumentException>(() => Event.Create(new EventId(1), default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(400)]
    [InlineData(2_000)]
    public void ForeignId_HalfASurrogatePair_IsRefusedAndLeavesTheBuilder(int before)
    {
        (string Text, int Character, string Found)[] refused =
        [
            ("a\ud83d", 2, "U+D83D"), ("a\ud83e", 2, "U+D83E"), ("\udca9", 1, "U+DCA9"), ("\ud83d\ud83d\udca9", 1, "U+D83D"),
            ("\udca9\ud83d", 1, "U+DCA9"),
        ];
        foreach (var (text, character, found) in refused)
        {
            var e = new NewEvent(1, new string('x', before) + text);
            var builder = Builder();
            builder.Add(new NewEvent(1, "good"));

            var error = Assert.Throws<ArgumentException>(() => builder.Add(e));

            Assert.Contains(
                $"foreign id is not text: its character {before + character} is {found}, half", error.Message, StringComparison.Ordinal);
            Assert.Equal(1, builder.Count);
            Assert.Equal("good", Batches.Decode(Batches.Seal(builder.Build())).Single().ForeignId);
            Assert.Throws<ArgumentException>(() => Event.Create(new EventId(1), e));
        }
    }

    [Fact]
    public void ForeignId_WholeSurrogatePairAndTheReplacementCharacter_AreTextOfTheirOwn()
    {
        string[] ids = ["\ud83d\udca9", "\ufffd", "\0", "\uffff", "\U0010ffff"];
        Assert.Equal(ids, Batches.Decode(Batches.Seal(Batches.Append(ids.Select(id => new NewEvent(1, id))))).Select(e => e.ForeignId));
    }

    [Fact]
    public void Trace_OverTheLongestSize_IsRefusedAndTheLongestTaken()
    {
        var builder = Builder();
        builder.Add(new NewEvent(1, "1") { Trace = new byte[NewEvent.MaxTraceBytes] });
        var error = Assert.Throws<ArgumentException>(
            () => builder.Add(new NewEvent(1, "1") { Trace = new byte[NewEvent.MaxTraceBytes + 1] }));
        Assert.Contains("1025 bytes; the limit is 1024", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, builder.Count);
    }

    [Fact]
    public void Event_OverTheLimit_IsRefusedNamingSizeAndLimitAndLeavesTheBuilder()
    {
        var builder = Builder(maxEventBytes: 100);
        builder.Add(new NewEvent(1, "1234567890") { Metadata = new byte[70] });
        var error = Assert.Throws<EventTooLargeException>(
            () => builder.Add(new NewEvent(1, "1234567890") { Metadata = new byte[71] }));
        Assert.Equal(101, error.Size);
        Assert.Equal(100, error.Limit);
        Assert.False(error.IsTransient);
        Assert.Equal(1, builder.Count);
        Assert.Equal(100, builder.Bytes);
        Assert.Single(builder.Build());
    }
}
