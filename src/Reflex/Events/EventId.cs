using System.Globalization;

namespace Reflex.Events;

/// <summary>
/// The number of an event in its partition: 1, 2, 3, … without a gap. As text it is decimal without sign or leading zeros.
/// </summary>
/// <param name="Value">The number; 0 stands for "no event", the position before the first one.</param>
public readonly record struct EventId(long Value) : IComparable<EventId>
{
    /// <summary>The position before the first event; the head of an empty partition.</summary>
    public static EventId None => default;

    /// <summary>Whether this is <see cref="None"/>.</summary>
    public bool IsNone => Value == 0;

    /// <summary>The id after this one.</summary>
    /// <exception cref="OverflowException">It is the largest number, which no event has.</exception>
    public EventId Next => new(checked(Value + 1));

    /// <summary>The end of a sentence about digits that are no id because they are too many.</summary>
    internal static string Largest => $"the largest event id is {long.MaxValue}";

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/> in their partition.</summary>
    /// <param name="left">An id of a partition.</param>
    /// <param name="right">Another id of the same partition; between two partitions the order says nothing.</param>
    public static bool operator <(EventId left, EventId right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/> in their partition.</summary>
    /// <param name="left">An id of a partition.</param>
    /// <param name="right">Another id of the same partition; between two partitions the order says nothing.</param>
    public static bool operator >(EventId left, EventId right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is, or comes before, <paramref name="right"/>.</summary>
    /// <param name="left">An id of a partition.</param>
    /// <param name="right">Another id of the same partition; between two partitions the order says nothing.</param>
    public static bool operator <=(EventId left, EventId right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is, or comes after, <paramref name="right"/>.</summary>
    /// <param name="left">An id of a partition.</param>
    /// <param name="right">Another id of the same partition; between two partitions the order says nothing.</param>
    public static bool operator >=(EventId left, EventId right) => left.Value >= right.Value;

    /// <summary>Reads an id in its one text form.</summary>
    /// <param name="text">Decimal digits, no sign, no leading zero.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is no event id.</exception>
    public static EventId Parse(ReadOnlySpan<char> text) => TryParse(text, out var id)
        ? id
        : throw new FormatException(
            $"'{text}' is not an event id: {(IsTooLarge(text) ? Largest : "expected a decimal number such as 42")}.");

    /// <summary>Reads an id in its one text form.</summary>
    /// <param name="text">Decimal digits, no sign, no leading zero.</param>
    /// <param name="id">The id, or <see cref="None"/>.</param>
    /// <returns>Whether the text is an event id.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out EventId id)
    {
        id = default;
        if (text.IsEmpty || (text[0] == '0' && text.Length > 1)
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        id = new EventId(value);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(EventId other) => Value.CompareTo(other.Value);

    /// <summary>Whether a text is a number in the one form of ids, but above all of them.</summary>
    internal static bool IsTooLarge(ReadOnlySpan<char> text) =>
        !text.IsEmpty && text[0] != '0' && !text.ContainsAnyExceptInRange('0', '9') && !TryParse(text, out _);

    /// <summary>The id's decimal text.</summary>
    /// <returns>Digits only.</returns>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
