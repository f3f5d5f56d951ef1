using System.Collections;
using System.Globalization;

namespace Reflex;

/// <summary>What clients are told of a failure besides its message: named values, in the order in which they are told.</summary>
/// <remarks>It can't be changed.</remarks>
public sealed class ErrorFacts : IReadOnlyCollection<KeyValuePair<string, object>>
{
    private readonly KeyValuePair<string, object>[] _facts;

    private ErrorFacts(params KeyValuePair<string, object>[] facts) => _facts = facts;

    /// <summary>No facts.</summary>
    public static ErrorFacts None { get; } = new();

    /// <inheritdoc/>
    public int Count => _facts.Length;

    /// <summary>These facts and a text: a name, or an id, which is text wherever numbers may be cut.</summary>
    /// <param name="name">The fact's name, in camel case.</param>
    /// <param name="value">The text.</param>
    /// <returns>New facts; these stay as they are.</returns>
    public ErrorFacts With(string name, string value) => new([.. _facts, new(name, value)]);

    /// <summary>These facts and a number.</summary>
    /// <param name="name">The fact's name, in camel case.</param>
    /// <param name="value">The number.</param>
    /// <returns>New facts; these stay as they are.</returns>
    public ErrorFacts With(string name, long value) => new([.. _facts, new(name, value)]);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object>>)_facts).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A fact as text; empty when there is none of that name.</summary>
    internal string Text(string name) => Convert.ToString(Find(name), CultureInfo.InvariantCulture) ?? "";

    /// <summary>A fact as a number that isn't negative; 0 when there is none of that name, or it is no such number.</summary>
    internal long Number(string name) =>
        long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>A fact as a number of things.</summary>
    internal int Amount(string name) => (int)Math.Min(Number(name), int.MaxValue);

    private object? Find(string name) => _facts.FirstOrDefault(fact => fact.Key == name).Value;
}
