namespace Reflex.Consumers;

/// <summary>The name of a consumer: 1 to 100 characters of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit.</summary>
public readonly record struct ConsumerName : IComparable<ConsumerName>
{
    private readonly string? _value;

    private ConsumerName(string value) => _value = value;

    /// <summary>The name as text; empty for the default value, which names no consumer.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether this is the default value, which names no consumer.</summary>
    public bool IsDefault => _value is null;

    /// <summary>Reads a name; see <see cref="Parse"/>.</summary>
    /// <param name="name">As <see cref="Parse"/> takes it.</param>
    public static implicit operator ConsumerName(string name) => Parse(name);

    /// <summary>Reads a name.</summary>
    /// <param name="name">By the rule of <see cref="ConsumerName"/>.</param>
    /// <returns>The valid name.</returns>
    /// <exception cref="FormatException">It breaks the rule, which the message states.</exception>
    public static ConsumerName Parse(string name) => new(Names.Validate("consumer", name));

    /// <summary>Reads a name that may break the rule.</summary>
    /// <param name="name">Any text; null is no name.</param>
    /// <param name="consumer">The valid name; the default when it is none.</param>
    /// <returns>Whether it is a consumer's name.</returns>
    public static bool TryParse(string? name, out ConsumerName consumer)
    {
        consumer = name is not null && Names.IsValid(name) ? new ConsumerName(name) : default;
        return !consumer.IsDefault;
    }

    /// <inheritdoc/>
    public int CompareTo(ConsumerName other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>The name.</summary>
    /// <returns>The name as text.</returns>
    public override string ToString() => Value;
}
