namespace Reflex.Cli.Events;

/// <summary>What some programs put before a text to say how it is encoded.</summary>
internal static class ByteOrderMark
{
    /// <summary>How many bytes at the start tell all there is to tell.</summary>
    public const int MaxSize = 4;

    /// <summary>The size of the mark of UTF-8 at the start of a text; 0 without one.</summary>
    /// <param name="start">Its first bytes: four, or all of them.</param>
    /// <exception cref="FormatException">It is of another encoding.</exception>
    public static int Measure(ReadOnlySpan<byte> start) => start switch
    {
        [0xEF, 0xBB, 0xBF, ..] => 3,
        [0xFF, 0xFE, 0, 0] => throw Other("UTF-32"),
        [0, 0, 0xFE, 0xFF] => throw Other("UTF-32"),
        [0xFF, 0xFE, ..] => throw Other("UTF-16"),
        [0xFE, 0xFF, ..] => throw Other("UTF-16"),
        [0, _, 0, _] or [_, 0, _, 0] => throw Other("UTF-16"),
        _ => 0,
    };

    private static FormatException Other(string encoding) => new(
        $"The events are in {encoding}, as their first bytes show; they must be in UTF-8: convert them first, such as with "
        + $"iconv -f {encoding} -t UTF-8.");
}
