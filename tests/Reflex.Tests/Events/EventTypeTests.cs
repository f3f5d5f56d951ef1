using System.Globalization;
using CsCheck;
using Reflex.Events;
using Reflex.Tests.Support;

namespace Reflex.Tests.Events;

public sealed class EventTypeTests
{
    private enum OfSByte : sbyte
    {
        Lowest = sbyte.MinValue,
        Zero = 0,
        Highest = sbyte.MaxValue,
    }

    private enum OfByte : byte
    {
        Lowest = byte.MinValue,
        Highest = byte.MaxValue,
    }

    private enum OfInt16 : short
    {
        Lowest = short.MinValue,
        Zero = 0,
        Highest = short.MaxValue,
    }

    private enum OfUInt16 : ushort
    {
        Lowest = ushort.MinValue,
        Highest = ushort.MaxValue,
    }

    private enum OfInt32
    {
        Lowest = int.MinValue,
        Zero = 0,
        Highest = int.MaxValue,
    }

    private enum OfUInt32 : uint
    {
        Lowest = uint.MinValue,
        Fitting = int.MaxValue,
        Highest = uint.MaxValue,
    }

    private enum OfInt64 : long
    {
        Lowest = long.MinValue,
        FittingLow = int.MinValue,
        Zero = 0,
        FittingHigh = int.MaxValue,
        Wrapping = 1L << 32,
        Highest = long.MaxValue,
    }

    private enum OfUInt64 : ulong
    {
        Lowest = ulong.MinValue,
        Fitting = int.MaxValue,
        Wrapping = 1UL << 32,
        Highest = ulong.MaxValue,
    }

    [Fact]
    public void From_BoundariesOfEveryUnderlyingType_ConvertBothWays()
    {
        AssertRoundTrip(OfSByte.Lowest, sbyte.MinValue);
        AssertRoundTrip(OfSByte.Zero, 0);
        AssertRoundTrip(OfSByte.Highest, sbyte.MaxValue);
        AssertRoundTrip(OfByte.Lowest, 0);
        AssertRoundTrip(OfByte.Highest, byte.MaxValue);
        AssertRoundTrip(OfInt16.Lowest, short.MinValue);
        AssertRoundTrip(OfInt16.Zero, 0);
        AssertRoundTrip(OfInt16.Highest, short.MaxValue);
        AssertRoundTrip(OfUInt16.Lowest, 0);
        AssertRoundTrip(OfUInt16.Highest, ushort.MaxValue);
        AssertRoundTrip(OfInt32.Lowest, int.MinValue);
        AssertRoundTrip(OfInt32.Zero, 0);
        AssertRoundTrip(OfInt32.Highest, int.MaxValue);
        AssertRoundTrip(OfUInt32.Lowest, 0);
        AssertRoundTrip(OfUInt32.Fitting, int.MaxValue);
        AssertRoundTrip(OfInt64.FittingLow, int.MinValue);
        AssertRoundTrip(OfInt64.Zero, 0);
        AssertRoundTrip(OfInt64.FittingHigh, int.MaxValue);
        AssertRoundTrip(OfUInt64.Lowest, 0);
        AssertRoundTrip(OfUInt64.Fitting, int.MaxValue);
    }

    [Fact]
    public void From_ValueBeyond32Bits_Throws()
    {
        Assert.Throws<OverflowException>(() => EventType.From(OfUInt32.Highest));
        Assert.Throws<OverflowException>(() => EventType.From(OfInt64.Lowest));
        Assert.Throws<OverflowException>(() => EventType.From(OfInt64.Wrapping));
        Assert.Throws<OverflowException>(() => EventType.From(OfInt64.Highest));
        Assert.Throws<OverflowException>(() => EventType.From(OfUInt64.Wrapping));
        Assert.Throws<OverflowException>(() => EventType.From(OfUInt64.Highest));
    }

    [Fact]
    public void To_NumberBeyondTheUnderlyingType_Throws()
    {
        Assert.Throws<OverflowException>(() => new EventType(sbyte.MaxValue + 1).To<OfSByte>());
        Assert.Throws<OverflowException>(() => new EventType(sbyte.MinValue - 1).To<OfSByte>());
        Assert.Throws<OverflowException>(() => new EventType(256).To<OfByte>());
        Assert.Throws<OverflowException>(() => new EventType(-1).To<OfByte>());
        Assert.Throws<OverflowException>(() => new EventType(short.MaxValue + 1).To<OfInt16>());
        Assert.Throws<OverflowException>(() => new EventType(ushort.MaxValue + 1).To<OfUInt16>());
        Assert.Throws<OverflowException>(() => new EventType(-1).To<OfUInt16>());
        Assert.Throws<OverflowException>(() => new EventType(-1).To<OfUInt32>());
        Assert.Throws<OverflowException>(() => new EventType(-1).To<OfUInt64>());
    }

    [Fact]
    public void To_NumberWithoutAName_ComesBackAsThatNumber() => Assert.Equal(77, (int)new EventType(77).To<OfByte>());

    [Fact]
    public void Is_ValueBeyond32Bits_IsFalse()
    {
        Assert.False(new EventType(0).Is(OfInt64.Wrapping));
        Assert.False(new EventType(0).Is(OfUInt64.Wrapping));
        Assert.False(new EventType(-1).Is(OfUInt32.Highest));
        Assert.False(new EventType(-1).Is(OfUInt64.Highest));
    }

    [Fact]
    public void From_EveryInteger_RoundTripsAndPrintsAsDecimal() => Gen.Int.Sample(number =>
    {
        Assert.Equal(number, EventType.From((OfInt32)number).Value);
        Assert.Equal((OfInt64)number, new EventType(number).To<OfInt64>());
        Assert.Equal(number.ToString(CultureInfo.InvariantCulture), new EventType(number).ToString());
    });

    [Fact]
    public void FromToIs_EveryUnderlyingType_AllocateNothing()
    {
        AssertAllocatesNothing(OfSByte.Highest);
        AssertAllocatesNothing(OfByte.Highest);
        AssertAllocatesNothing(OfInt16.Highest);
        AssertAllocatesNothing(OfUInt16.Highest);
        AssertAllocatesNothing(OfInt32.Highest);
        AssertAllocatesNothing(OfUInt32.Fitting);
        AssertAllocatesNothing(OfInt64.FittingHigh);
        AssertAllocatesNothing(OfUInt64.Fitting);
    }

    private static void AssertRoundTrip<TEnum>(TEnum value, int number)
        where TEnum : struct, Enum
    {
        Assert.Equal(number, EventType.From(value).Value);
        Assert.Equal(value, new EventType(number).To<TEnum>());
        Assert.True(new EventType(number).Is(value));
        Assert.False(new EventType(number ^ 1).Is(value));
    }

    private static void AssertAllocatesNothing<TEnum>(TEnum value)
        where TEnum : struct, Enum
    {
        var e = Event.Create(new EventId(1), NewEvent.Of(value, "1"));
        Allocations.AssertNone(() =>
        {
            EventType.From(value).To<TEnum>();
            e.IsType(value);
            e.IsAnyType(value, value, value);
        });
    }
}
