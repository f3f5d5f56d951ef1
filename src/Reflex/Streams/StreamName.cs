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
    /// <param name="name">As <see cref="Parse"/> takes it.</param>
    public static implicit operator StreamName(string name) => Parse(name);

    /// <summary>Reads a name.</summary>
    /// <param name="name">By the rule of <see cref="StreamName"/>.</param>
    /// <returns>The valid name.</returns>
    /// <exception cref="FormatException">It breaks the rule, which the message states.</exception>
    public static StreamName Parse(string name) => new(Names.Validate("stream", name));

    /// <summary>Reads a name that may break the rule.</summary>
    /// <param name="name">Any text; null is no name.</param>
    /// <param name="stream">The valid name; the default when it is none.</param>
    /// <returns>Whether it is a stream's name.</returns>
    public static bool TryParse(string? name, out StreamName stream)
    {
        stream = name is not null && Names.IsValid(name) ? new StreamName(name) : default;
        return !stream.IsDefault;
    }

    /// <inheritdoc/>
    public int CompareTo(StreamName other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>The stream that the facts of an error name; the default when they name none.</summary>
    internal static StreamName In(ErrorFacts facts) => TryParse(facts.Text("stream"), out var stream) ? stream : default;

    /// <summary>The name.</summary>
    /// <returns>The name as text.</returns>
    public override string ToString() => Value;
}
