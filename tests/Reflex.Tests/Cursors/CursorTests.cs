using System.Text;
using CsCheck;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Tests.Support;

namespace Reflex.Tests.Cursors;

public sealed class CursorTests
{
    private static readonly Gen<long?> GenPlace = Gen.Nullable(Gen.Frequency(
        (3, Gen.Long[0, 20]), (1, Gen.Long[0, long.MaxValue]), (1, Gen.Const(long.MaxValue))));

    // Each with a life or without; before event 1 there is none.
    private static readonly Gen<CursorPlace?[]> GenPlaces = Gen
        .Select(GenPlace, Gen.Frequency((1, Gen.Const(0L)), (2, Gen.Long[1, long.MaxValue])))
        .Select((id, epoch) => id is { } value ? new CursorPlace(new EventId(value), value == 0 ? 0 : epoch) : (CursorPlace?)null)
        .Array[1, 5];

    [Fact]
    public void Parse_TextOfAnyCursor_RoundTrips() => GenPlaces.Sample(places =>
    {
        var text = Text(places);
        var cursor = Cursor.Parse(text);
        var isEmpty = places.All(place => place is null);
        Assert.Equal(isEmpty ? "" : text, cursor.ToString());
        Assert.Equal(isEmpty, cursor.IsEmpty);
        Assert.Equal(cursor, Cursor.Parse(cursor.ToString()));
        Assert.Equal(cursor.GetHashCode(), Cursor.Parse(cursor.ToString()).GetHashCode());
        Assert.All(places, (place, i) => Assert.Equal(place, cursor.Of(i)));
    });

    [Fact]
    public void Equals_AnyTwoCursors_ExactlyWhenTheirTextsAre() => Gen.Select(GenPlaces, GenPlaces).Sample((left, right) =>
    {
        var (a, b) = (Cursor.Parse(Text(left)), Cursor.Parse(Text(right)));
        Assert.Equal(a.ToString() == b.ToString(), a == b);
        Assert.Equal(a == b, !(a != b));
        Assert.Equal(a == b, a.Equals((object)b));
        Assert.True(a != b || a.GetHashCode() == b.GetHashCode());
    });

    [Theory]
    [InlineData("0")]
    [InlineData("12")]
    [InlineData("12.40.7")]
    [InlineData("12..7")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("0.")]
    [InlineData("12@1")]
    [InlineData("12@39f3a01bc")]
    [InlineData("12@7fffffffffffffff")]
    [InlineData("12@39f3a01bc..7.0.5@2c0ffee00")]
    [InlineData("9223372036854775806")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775807..9223372036854775807")]
    public void Parse_TextForms_PrintAsGiven(string text)
    {
        Assert.Equal(text, Cursor.Parse(text).ToString());
        Assert.False(Cursor.Parse(text).IsEmpty);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("01")]
    [InlineData(" 1")]
    [InlineData("1.02")]
    [InlineData("1,2")]
    [InlineData("1.x")]
    [InlineData("1.-2")]
    [InlineData("12@")]
    [InlineData("@5")]
    [InlineData("12@0")]
    [InlineData("12@g")]
    [InlineData("12@-5")]
    [InlineData("12@ 5")]
    [InlineData("12@8000000000000000")]
    [InlineData("12@10000000000000000")]
    [InlineData("12@5@6")]
    [InlineData("0@5")] // No event, no life.
    [InlineData("09223372036854775808")]
    public void Parse_OtherText_IsRefusedNamingIt(string text)
    {
        Assert.False(Cursor.TryParse(text, out var cursor));
        Assert.True(cursor.IsEmpty);
        var error = Assert.Throws<FormatException>(() => Cursor.Parse(text));
        Assert.Contains($"'{text}' is not a cursor: expected", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("9223372036854775808.1")]
    [InlineData("9223372036854775808@5")]
    [InlineData("1..99999999999999999999999999")]
    public void Parse_MoreDigitsThanIdsHave_SaysWhichIsTheLargest(string text)
    {
        Assert.False(Cursor.TryParse(text, out _));
        Assert.Equal(
            $"'{text}' is not a cursor: the largest event id is 9223372036854775807.",
            Assert.Throws<FormatException>(() => Cursor.Parse(text)).Message);
    }

    [Fact]
    public void LargestId_InEveryWayToMakeACursor_IsThatPlace()
    {
        var largest = new EventId(long.MaxValue);

        Assert.Equal("9223372036854775807", Cursor.After(largest).ToString());
        Assert.Equal(largest, Cursor.After(largest).Of(0)?.Id);
        Assert.Equal(largest, Cursor.Parse("1").With(0, largest).Of(0)?.Id);
        Assert.Equal("1.9223372036854775807", Cursor.Parse("1.2").With(1, largest).ToString());
        Assert.Equal("3.9223372036854775807", Cursor.Parse("1.2").With(1, largest).Settle().With(0, new EventId(3)).ToString());
        Assert.NotEqual(Cursor.Empty, Cursor.After(largest));
        Assert.NotEqual(Cursor.After(new EventId(long.MaxValue - 1)), Cursor.After(largest));
    }

    [Fact]
    public void Parse_MostPlaces_AreTakenAndOneMoreRefused()
    {
        Assert.Equal(1024, Cursor.Parse("1" + new string('.', 1023)).Places);
        Assert.False(Cursor.TryParse("1" + new string('.', 1024), out _));
    }

    [Fact]
    public void Empty_AndZero_AreDifferentPlaces()
    {
        Assert.True(default(Cursor).IsEmpty && Cursor.Empty == "" && Cursor.ForPartitions(3).IsEmpty && Cursor.Parse("..").IsEmpty);
        Assert.NotEqual(Cursor.Empty, "0");
        Assert.Null(Cursor.Empty.Of(0));
        Assert.Equal(EventId.None, Cursor.Parse("0").Of(0)?.Id);
        Assert.Equal(Cursor.After(EventId.None), "0");
    }

    [Fact]
    public void Of_PlaceThatTheCursorLacks_IsRefused()
    {
        Assert.Null(Cursor.Empty.Of(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => Cursor.Parse("1").Of(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Cursor.Parse("1.2").Of(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Cursor.Parse("1.2").Of(-1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void ForPartitions_CountOutOfRange_IsRefused(int partitions) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Cursor.ForPartitions(partitions));

    [Fact]
    public void With_PlaceThatTheCursorLacks_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Cursor.ForPartitions(2).With(2, new EventId(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Cursor.ForPartitions(2).With(-1, new EventId(1)));
    }

    [Fact]
    public void With_AnyMoves_HoldsEveryMoveAndChangesNoEarlierCursor()
    {
        var moves = Gen.Select(Gen.Int[0, 3], Gen.Long[0, 9], Gen.Bool).List[0, 30];
        moves.Sample(list =>
        {
            var model = new CursorPlace?[4];
            var cursor = Cursor.ForPartitions(4);
            var earlier = new List<(Cursor Cursor, string Text)>();
            foreach (var (partition, id, settle) in list)
            {
                model[partition] = new EventId(id);
                cursor = cursor.With(partition, new EventId(id));
                cursor = settle ? cursor.Settle() : cursor;
                earlier.Add((cursor, Text(model)));
            }

            Assert.All(earlier, pair => Assert.Equal(pair.Text, pair.Cursor.ToString()));
        });
    }

    [Fact]
    public void With_OfASettledCursor_AllocatesNothing()
    {
        var settled = Cursor.Parse("1.2.3").With(1, new EventId(5)).Settle();
        Allocations.AssertNone(() => settled.With(2, new EventId(7)).With(2, new EventId(8)));
    }

    [Fact]
    public void Equals_SameIdsOfDifferentLives_AreDifferentPlaces()
    {
        Assert.NotEqual(Cursor.Parse("12@1"), Cursor.Parse("12@2"));
        Assert.NotEqual(Cursor.Parse("12@1"), Cursor.Parse("12"));
        Assert.NotEqual(Cursor.Parse("3.12@1"), Cursor.Parse("3.12@2"));
        Assert.Equal(Cursor.Parse("12@aB"), Cursor.Parse("12@Ab"));
    }

    [Fact]
    public void TryFormat_AnyPlace_WritesItsTextOrNothing() => GenPlaces.Sample(places =>
    {
        foreach (var place in places.OfType<CursorPlace>())
        {
            var expected = Encoding.UTF8.GetBytes(place.ToString());
            Span<byte> room = new byte[CursorPlace.MaxTextLength];
            Assert.True(place.TryFormat(room, out var written));
            Assert.Equal(expected, room[..written].ToArray());
            Assert.False(place.TryFormat(room[..(expected.Length - 1)], out written));
            Assert.Equal(0, written);
        }
    });

    private static string Text(CursorPlace?[] places) => string.Join('.', places);
}
