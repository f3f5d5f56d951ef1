using System.Text;

namespace Reflex.Events;

/// <summary>
/// Text as UTF-8. What is no text, such as half a surrogate pair, is refused: the usual encoder would make one and the same
/// replacement of all of it, so that different ids became one.
/// </summary>
internal static class Utf8Text
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>How many bytes a text takes.</summary>
    /// <param name="text">What to measure.</param>
    /// <param name="what">What it is, for the error: "An event's foreign id".</param>
    /// <param name="parameter">Where its caller gave it.</param>
    /// <exception cref="ArgumentException">It is no text.</exception>
    public static int Measure(string text, string what, string parameter)
    {
        try
        {
            return Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException error)
        {
            throw Refusal(what, parameter, error);
        }
    }

    /// <summary>A text's bytes.</summary>
    /// <param name="text">What to encode.</param>
    /// <param name="what">What it is, for the error.</param>
    /// <param name="parameter">Where its caller gave it.</param>
    /// <exception cref="ArgumentException">It is no text.</exception>
    public static byte[] Encode(string text, string what, string parameter)
    {
        try
        {
            return Strict.GetBytes(text);
        }
        catch (EncoderFallbackException error)
        {
            throw Refusal(what, parameter, error);
        }
    }

    /// <summary>Writes a text's bytes, if there is room for them.</summary>
    /// <param name="text">What to write.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="written">How many there are; 0 without room.</param>
    /// <param name="what">What it is, for the error.</param>
    /// <param name="parameter">Where its caller gave it.</param>
    /// <exception cref="ArgumentException">It is no text.</exception>
    public static bool TryEncode(string text, Span<byte> destination, out int written, string what, string parameter)
    {
        try
        {
            return Strict.TryGetBytes(text, destination, out written);
        }
        catch (EncoderFallbackException error)
        {
            throw Refusal(what, parameter, error);
        }
    }

    private static ArgumentException Refusal(string what, string parameter, EncoderFallbackException error) => new(
        $"{what} is not text: its character {error.Index + 1} is U+{(int)error.CharUnknown:X4}, half of a surrogate pair.",
        parameter,
        error);
}
