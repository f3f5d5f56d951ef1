namespace Reflex.Streams;

/// <summary>The name of a stream: 1 to 100 characters of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit.</summary>
public readonly record struct StreamName : IComparable<StreamName>
{
    private readonly string? _value;

    private StreamName(string value) => _value = value;

    /// <summary>The name as text; empty for the default value, which names no stream.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether this is the default value, which names no stream.</summary>
    public bool IsDefault => _value is null;

    /// <summary>Reads a name; see <see cref="Parse"/>.</summary>
    /// <param name="name">The name.</param>
    public static implicit operator StreamName(string name) => Parse(name);

    /// <summary>Reads a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The valid name.</returns>
    /// <exception cref="FormatException">It breaks the rule, which the message states.</exception>
    public static StreamName Parse(string name) => new(Names.Validate("stream", name));

    /// <inheritdoc/>
    public int CompareTo(StreamName other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>The stream that the facts of an error name; the default when they name none.</summary>
    internal static StreamName In(ErrorFacts facts) => facts.Text("stream") is { Length: > 0 } name ? Parse(name) : default;

    /// <summary>The name.</summary>
    /// <returns>The name as text.</returns>
    public override string ToString() => Value;
}
