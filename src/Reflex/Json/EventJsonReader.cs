using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Reflex.Events;

namespace Reflex.Json;

/// <summary>
/// Reads the JSON of an event that is to be appended:
/// <c>{"type":1,"foreignId":"42","metadata":…,"timestamp":"2026-01-02T03:04:05Z"}</c>. Metadata may be text, any JSON value, which is
/// stored as its compact text, or bytes as <c>metadataBase64</c>; they and the timestamp may be left out.
/// </summary>
/// <remarks>
/// For whatever takes events in the form that the server and the tool take. Not thread-safe. It keeps the metadata of events that it has
/// read in pieces of larger arrays. Written by hand so that an error says which member is wrong and how; whether it is faster than a
/// serializer's wasn't measured.
/// </remarks>
public sealed class EventJsonReader
{
    private const string Example = """{"type":1,"foreignId":"42"}""";
    private const string Members = "type, foreignId, metadata, metadataBase64 and timestamp";

    // 2026-01-02T03:04:05Z; without a time zone it would mean another moment on each machine.
    private const int ShortestTimestamp = 20;

    private readonly ByteArena _arena = new();

    /// <summary>Reads one event.</summary>
    /// <param name="json">The whole JSON text of it.</param>
    /// <returns>The event.</returns>
    /// <exception cref="FormatException">The text isn't an event; the message is the end of a sentence.</exception>
    public NewEvent Read(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new FormatException("it isn't UTF-8");
        }

        try
        {
            return ReadObject(json);
        }
        catch (JsonException error)
        {
            throw new FormatException($"it isn't JSON, see byte {error.BytePositionInLine + 1}; expected such as {Example}", error);
        }
        catch (InvalidOperationException error)
        {
            // The JSON reader's answer to an escape such as \ud800 alone.
            throw new FormatException("it holds half a surrogate pair, which isn't text", error);
        }
    }

    private NewEvent ReadObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException($"it isn't a JSON object; expected such as {Example}");
        }

        int? type = null;
        string? foreignId = null;
        DateTimeOffset? timestamp = null;
        ReadOnlyMemory<byte>? metadata = null;
        ReadOnlyMemory<byte>? metadataBytes = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                Once(type, "type");
                reader.Read();
                type = ReadType(ref reader, json);
            }
            else if (reader.ValueTextEquals("foreignId"u8))
            {
                Once(foreignId, "foreignId");
                reader.Read();
                foreignId = ReadForeignId(ref reader, json);
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                Once(metadata, "metadata");
                reader.Read();
                metadata = ReadMetadata(ref reader, json);
            }
            else if (reader.ValueTextEquals("metadataBase64"u8))
            {
                Once(metadataBytes, "metadataBase64");
                reader.Read();
                metadataBytes = ReadBase64(ref reader, json);
            }
            else if (reader.ValueTextEquals("timestamp"u8))
            {
                Once(timestamp, "timestamp");
                reader.Read();
                timestamp = ReadTimestamp(ref reader, json);
            }
            else
            {
                throw new FormatException($"'{reader.GetString()}' is no member of an event; the members are {Members}");
            }
        }

        // Reads on, so that anything after the object is an error.
        reader.Read();
        if (metadata is not null && metadataBytes is not null)
        {
            throw new FormatException("it has both 'metadata' and 'metadataBase64'; give one of them");
        }

        return new NewEvent(type ?? throw Missing("type"), foreignId ?? throw Missing("foreignId"))
        {
            Metadata = metadata ?? metadataBytes ?? default,
            Timestamp = timestamp,
        };
    }

    private static int ReadType(ref Utf8JsonReader reader, ReadOnlySpan<byte> json) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var type)
            ? type
            : throw Wrong("type", ref reader, json, $"an integer from {int.MinValue} to {int.MaxValue}");

    private static string ReadForeignId(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Wrong("foreignId", ref reader, json, "text, in quotation marks");
        }

        var foreignId = reader.GetString()!;
        return Encoding.UTF8.GetByteCount(foreignId) is var bytes and > NewEvent.MaxForeignIdBytes
            ? throw new FormatException($"'foreignId' has {bytes} bytes of UTF-8; the limit is {NewEvent.MaxForeignIdBytes}")
            : foreignId;
    }

    private ReadOnlyMemory<byte>? ReadMetadata(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return _arena.Keep(reader.CopyString(_arena.Reserve(reader.ValueSpan.Length)));
            default:
                var value = ReadValue(ref reader, json);
                return _arena.Keep(MetadataJson.Compact(value, _arena.Reserve(value.Length)));
        }
    }

    private static ReadOnlyMemory<byte>? ReadBase64(ref Utf8JsonReader reader, ReadOnlySpan<byte> json) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String when reader.TryGetBytesFromBase64(out var bytes) => bytes,
        _ => throw Wrong("metadataBase64", ref reader, json, "Base64 text"),
    };

    private static DateTimeOffset? ReadTimestamp(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return reader.TokenType == JsonTokenType.String && IsZoned(reader.GetString()!) && reader.TryGetDateTimeOffset(out var timestamp)
            ? timestamp
            : throw Wrong("timestamp", ref reader, json, "RFC 3339 with a time zone such as \"2026-01-02T03:04:05Z\"");
    }

    /// <summary>Reads a time as events have it: RFC 3339 with a time zone.</summary>
    /// <param name="text">What was sent.</param>
    /// <param name="timestamp">The time.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParseTimestamp(string text, out DateTimeOffset timestamp)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(text));
        reader.Read();
        timestamp = default;
        return IsZoned(text) && reader.TryGetDateTimeOffset(out timestamp);
    }

    private static bool IsZoned(string text) => text.Length >= ShortestTimestamp && (text[^1] == 'Z' || text[^6] is '+' or '-');

    private static ReadOnlySpan<byte> ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static void Once<T>(T? value, string member)
    {
        if (value is not null)
        {
            throw new FormatException($"it has '{member}' twice");
        }
    }

    private static FormatException Missing(string member) => new($"it has no '{member}'; expected such as {Example}");

    private static FormatException Wrong(string member, ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string expected)
    {
        const int Most = 40;
        var value = Encoding.UTF8.GetString(ReadValue(ref reader, json));
        var shown = value.Length <= Most ? value : value[..(char.IsHighSurrogate(value[Most - 1]) ? Most - 1 : Most)] + "…";
        return new FormatException($"'{member}' is {shown}; expected {expected}");
    }
}
