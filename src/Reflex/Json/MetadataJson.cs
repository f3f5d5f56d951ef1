using System.Text.Json;
using System.Text.Unicode;

namespace Reflex.Json;

/// <summary>How metadata, which are bytes, look in JSON.</summary>
/// <remarks>
/// <para>Written by a client, text is stored as its UTF-8, an object, array, number or boolean as its compact JSON text
/// (<see cref="Compact"/>: without the white space between its parts, otherwise unchanged), and <c>metadataBase64</c> as its
/// bytes. Read back, bytes that are the compact text of an object or array are that object or array
/// (<see cref="IsCompact"/>); other UTF-8 is text; the rest is <c>metadataBase64</c>.</para>
/// <para>So what was read can be appended again in the same form and gives the same bytes, and who appends an object reads an
/// object. Numbers and booleans come back as text, since text such as 42 must not turn into a number.</para>
/// </remarks>
internal static class MetadataJson
{
    // One less than the readers' common limit of 64, because an event's JSON is one level around it.
    private const int MaxDepth = 63;

    /// <summary>Whether bytes are the compact JSON text of an object or an array.</summary>
    public static bool IsCompact(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] is not ((byte)'{' or (byte)'[') || HasWhiteSpace(text) || !Utf8.IsValid(text))
        {
            return false;
        }

        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Copies valid JSON without the white space between its parts.</summary>
    /// <param name="json">Valid JSON.</param>
    /// <param name="destination">At least as large.</param>
    /// <returns>The bytes written.</returns>
    public static int Compact(ReadOnlySpan<byte> json, Span<byte> destination)
    {
        var written = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var b = json[i];
            if (inString && b == '\\')
            {
                destination[written++] = b;
                b = json[++i];
            }
            else if (b == '"')
            {
                inString = !inString;
            }
            else if (!inString && IsWhiteSpace(b))
            {
                continue;
            }

            destination[written++] = b;
        }

        return written;
    }

    private static bool HasWhiteSpace(ReadOnlySpan<byte> text)
    {
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (inString && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                inString = !inString;
            }
            else if (!inString && IsWhiteSpace(text[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWhiteSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
