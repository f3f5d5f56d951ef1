using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reflex.Orleans.Storage;

/// <summary>A consumer's record as the stock silo stores it, Orleans' JSON with a member <c>Cursor</c>, outside of a silo.</summary>
internal static class StoredRecord
{
    private const string CursorName = "Cursor";

    /// <summary>Reads the cursor, which may be none; answers false when the record has another form.</summary>
    public static bool TryRead(byte[] payload, out long? cursor)
    {
        cursor = null;
        if (Parse(payload) is not { } record)
        {
            return false;
        }

        if (record[CursorName] is not { } value)
        {
            return true;
        }

        var isNumber = value is JsonValue number && number.TryGetValue(out long id) && id >= 0;
        cursor = isNumber ? value.GetValue<long>() : null;
        return isNumber;
    }

    /// <summary>The record with another cursor, and everything else as it was.</summary>
    public static byte[] WithCursor(byte[] payload, long cursor)
    {
        var record = Parse(payload) ?? throw new FormatException("The record is no JSON object.");
        record[CursorName] = cursor;
        return JsonSerializer.SerializeToUtf8Bytes(record);
    }

    private static JsonObject? Parse(byte[] payload)
    {
        try
        {
            return JsonNode.Parse(payload) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
