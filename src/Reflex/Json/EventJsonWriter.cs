using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Reflex.Events;

namespace Reflex.Json;

/// <summary>
/// Writes events as JSON: <c>{"id":"7","partition":0,"cursor":"7","type":1,"foreignId":"42","timestamp":…,"metadata":…}</c>. Metadata
/// that are the compact text of an object or array are written as that, other UTF-8 as text, the rest as <c>metadataBase64</c>.
/// One for each buffer; not thread-safe.
/// </summary>
/// <remarks>For whatever gives out events in the form that the server and the tool give them out in.</remarks>
public sealed class EventJsonWriter : IDisposable
{
    private const int MaxIdDigits = 19;

    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Partition = JsonEncodedText.Encode("partition");
    private static readonly JsonEncodedText CursorName = JsonEncodedText.Encode("cursor");
    private static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    private static readonly JsonEncodedText ForeignId = JsonEncodedText.Encode("foreignId");
    private static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode("timestamp");
    private static readonly JsonEncodedText Metadata = JsonEncodedText.Encode("metadata");
    private static readonly JsonEncodedText MetadataBase64 = JsonEncodedText.Encode("metadataBase64");

    private readonly IBufferWriter<byte> _buffer;
    private readonly Utf8JsonWriter _writer;

    /// <summary>A writer of any number of events.</summary>
    /// <param name="buffer">Where the JSON goes; the caller's.</param>
    public EventJsonWriter(IBufferWriter<byte> buffer)
    {
        _buffer = buffer;
        _writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>Appends one event to the buffer, without a line end.</summary>
    /// <param name="e">What to write.</param>
    /// <param name="cursor">Its cursor's text.</param>
    public void Write(Event e, ReadOnlySpan<byte> cursor)
    {
        ArgumentNullException.ThrowIfNull(e);
        Span<byte> id = stackalloc byte[MaxIdDigits];
        Utf8Formatter.TryFormat(e.Id.Value, id, out var digits);
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        _writer.WriteString(Id, id[..digits]);
        _writer.WriteNumber(Partition, e.Partition);
        _writer.WriteString(CursorName, cursor);
        _writer.WriteNumber(Type, e.Type.Value);
        _writer.WriteString(ForeignId, e.ForeignIdUtf8);
        _writer.WriteString(Timestamp, e.Timestamp.UtcDateTime);
        WriteMetadata(e.Metadata.Span);
        _writer.WriteEndObject();
        _writer.Flush();
    }

    /// <summary>Gives back what it wrote with; the buffer stays.</summary>
    public void Dispose() => _writer.Dispose();

    private void WriteMetadata(ReadOnlySpan<byte> metadata)
    {
        if (MetadataJson.IsCompact(metadata))
        {
            _writer.WritePropertyName(Metadata);
            _writer.WriteRawValue(metadata, skipInputValidation: true);
        }
        else if (Utf8.IsValid(metadata))
        {
            _writer.WriteString(Metadata, metadata);
        }
        else
        {
            _writer.WriteBase64String(MetadataBase64, metadata);
        }
    }
}
