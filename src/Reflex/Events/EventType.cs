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
    /// <typeparam name="TEnum">An enum whose values fit 32 bits.</typeparam>
    /// <param name="value">The value; it needn't be a named one.</param>
    /// <returns>The event type.</returns>
    /// <exception cref="OverflowException">The value doesn't fit a signed 32-bit integer.</exception>
    public static EventType From<TEnum>(TEnum value)
        where TEnum : struct, Enum
    {
        if (Unsafe.SizeOf<TEnum>() == sizeof(int))
        {
            return typeof(TEnum).GetEnumUnderlyingType() == typeof(uint)
                ? new EventType(checked((int)Unsafe.BitCast<TEnum, uint>(value)))
                : new EventType(Unsafe.BitCast<TEnum, int>(value));
        }

        return new EventType(Convert.ToInt32(value, CultureInfo.InvariantCulture));
    }

    /// <summary>This type as a value of an application's enum. Doesn't allocate for enums of 32 bits.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <returns>The value; a number without a name in the enum comes back as that number.</returns>
    /// <exception cref="OverflowException">The number doesn't fit the enum's underlying type.</exception>
    public TEnum To<TEnum>()
        where TEnum : struct, Enum
    {
        if (Unsafe.SizeOf<TEnum>() == sizeof(int))
        {
            return typeof(TEnum).GetEnumUnderlyingType() == typeof(uint)
                ? Unsafe.BitCast<uint, TEnum>(checked((uint)Value))
                : Unsafe.BitCast<int, TEnum>(Value);
        }

        return (TEnum)Convert.ChangeType(Value, typeof(TEnum).GetEnumUnderlyingType(), CultureInfo.InvariantCulture);
    }

    /// <summary>Whether this is the given value of an application's enum.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>True when it is.</returns>
    public bool Is<TEnum>(TEnum value)
        where TEnum : struct, Enum => this == From(value);

    /// <summary>The number's decimal text.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
