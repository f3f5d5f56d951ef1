using System.Globalization;
using System.Runtime.CompilerServices;

namespace Reflex.Events;

/// <summary>What happened: a number that means a value of an application's own enum.</summary>
/// <param name="Value">The number; any 32-bit integer.</param>
public readonly record struct EventType(int Value)
{
    /// <summary>A plain number as an event type.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator EventType(int value) => new(value);

    /// <summary>The event type of an enum's value. Doesn't allocate.</summary>
    /// <typeparam name="TEnum">An enum; its values needn't all fit 32 bits.</typeparam>
    /// <param name="value">The value; it needn't be a named one.</param>
    /// <returns>The type whose number is the value's.</returns>
    /// <exception cref="OverflowException">The value doesn't fit a signed 32-bit integer.</exception>
    public static EventType From<TEnum>(TEnum value)
        where TEnum : struct, Enum => new(checked((int)Widen(value)));

    /// <summary>This type as a value of an application's enum. Doesn't allocate.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <returns>The value; a number without a name in the enum comes back as that number.</returns>
    /// <exception cref="OverflowException">The number doesn't fit the enum's underlying type.</exception>
    public TEnum To<TEnum>()
        where TEnum : struct, Enum => Underlying<TEnum>.Code switch
        {
            TypeCode.SByte => Unsafe.BitCast<sbyte, TEnum>(checked((sbyte)Value)),
            TypeCode.Byte => Unsafe.BitCast<byte, TEnum>(checked((byte)Value)),
            TypeCode.Int16 => Unsafe.BitCast<short, TEnum>(checked((short)Value)),
            TypeCode.UInt16 => Unsafe.BitCast<ushort, TEnum>(checked((ushort)Value)),
            TypeCode.Int32 => Unsafe.BitCast<int, TEnum>(Value),
            TypeCode.UInt32 => Unsafe.BitCast<uint, TEnum>(checked((uint)Value)),
            TypeCode.Int64 => Unsafe.BitCast<long, TEnum>(Value),
            TypeCode.UInt64 => Unsafe.BitCast<ulong, TEnum>(checked((ulong)Value)),
            _ => throw NotAnInteger<TEnum>(),
        };

    /// <summary>Whether this is the given value of an application's enum. Doesn't allocate.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="value">The value; it needn't be a named one.</param>
    /// <returns>True when it is; false for a value that doesn't fit 32 bits.</returns>
    public bool Is<TEnum>(TEnum value)
        where TEnum : struct, Enum => Value == Widen(value);

    /// <summary>The number's decimal text.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The value as a number; one beyond 64 bits with sign becomes the largest, which is no event type either.</summary>
    private static long Widen<TEnum>(TEnum value)
        where TEnum : struct, Enum => Underlying<TEnum>.Code switch
        {
            TypeCode.SByte => Unsafe.BitCast<TEnum, sbyte>(value),
            TypeCode.Byte => Unsafe.BitCast<TEnum, byte>(value),
            TypeCode.Int16 => Unsafe.BitCast<TEnum, short>(value),
            TypeCode.UInt16 => Unsafe.BitCast<TEnum, ushort>(value),
            TypeCode.Int32 => Unsafe.BitCast<TEnum, int>(value),
            TypeCode.UInt32 => Unsafe.BitCast<TEnum, uint>(value),
            TypeCode.Int64 => Unsafe.BitCast<TEnum, long>(value),
            TypeCode.UInt64 => (long)Math.Min(Unsafe.BitCast<TEnum, ulong>(value), long.MaxValue),
            _ => throw NotAnInteger<TEnum>(),
        };

    private static NotSupportedException NotAnInteger<TEnum>() =>
        new($"The enum {typeof(TEnum)} is not of an integer type, so that its values are no event types.");

    // Read once per enum, after which the compiled conversion has only that type's branch.
    private static class Underlying<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly TypeCode Code = Type.GetTypeCode(typeof(TEnum));
    }
}
