using Reflex.Streams;

namespace Reflex.AspNetCore.Access;

/// <summary>One stream by its name, or all whose names begin in the same way.</summary>
internal readonly record struct StreamPattern
{
    private readonly string _text;
    private readonly bool _isPrefix;

    private StreamPattern(string text, bool isPrefix)
    {
        _text = text;
        _isPrefix = isPrefix;
    }

    /// <summary>Whether it is that of all streams.</summary>
    public bool IsAll => _isPrefix && _text.Length == 0;

    /// <exception cref="FormatException">No stream could have such a name.</exception>
    public static StreamPattern Parse(string text)
    {
        if (text == "*")
        {
            return new StreamPattern("", isPrefix: true);
        }

        var isPrefix = text.EndsWith('*');
        return new StreamPattern(StreamName.Parse(isPrefix ? text[..^1] : text).Value, isPrefix);
    }

    public bool Matches(StreamName stream) => _isPrefix
        ? stream.Value.StartsWith(_text, StringComparison.Ordinal)
        : stream.Value == _text;
}
