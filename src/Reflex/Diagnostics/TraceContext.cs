using System.Diagnostics;

namespace Reflex.Diagnostics;

/// <summary>The trace context that travels in an event.</summary>
/// <remarks>
/// The bytes are those of the Go library's <c>Trace</c> message, so that Go consumers read it as their own: field 1 is the
/// trace id as 32 hex digits, field 2 the span id as 16. Only recorded contexts are stored.
/// </remarks>
public static class TraceContext
{
    /// <summary>The size of a written context, in bytes.</summary>
    public const int Size = 2 + TraceIdDigits + 2 + SpanIdDigits;

    private const int TraceIdDigits = 32;
    private const int SpanIdDigits = 16;

    // Protobuf tags: field number shifted by 3, wire type 2 (length-delimited).
    private const byte TraceIdTag = (1 << 3) | 2;
    private const byte SpanIdTag = (2 << 3) | 2;

    /// <summary>Writes a context.</summary>
    /// <param name="context">A span's, or the default one.</param>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <returns>The bytes written; 0 for the default context.</returns>
    public static int Write(ActivityContext context, Span<byte> destination)
    {
        if (context == default)
        {
            return 0;
        }

        destination[0] = TraceIdTag;
        destination[1] = TraceIdDigits;
        WriteAscii(context.TraceId.ToHexString(), destination[2..]);
        destination[2 + TraceIdDigits] = SpanIdTag;
        destination[3 + TraceIdDigits] = SpanIdDigits;
        WriteAscii(context.SpanId.ToHexString(), destination[(4 + TraceIdDigits)..]);
        return Size;
    }

    /// <summary>Reads a context that an event carries.</summary>
    /// <param name="trace">The event's trace bytes.</param>
    /// <param name="context">The remote, recorded context; default when there is none.</param>
    /// <returns>Whether the bytes are a context. Others are no error: tracing never stops an event.</returns>
    public static bool TryRead(ReadOnlySpan<byte> trace, out ActivityContext context)
    {
        context = default;
        if (trace.Length < Size || trace[0] != TraceIdTag || trace[1] != TraceIdDigits
            || trace[2 + TraceIdDigits] != SpanIdTag || trace[3 + TraceIdDigits] != SpanIdDigits)
        {
            return false;
        }

        var traceId = trace.Slice(2, TraceIdDigits);
        var spanId = trace.Slice(4 + TraceIdDigits, SpanIdDigits);
        if (!IsHex(traceId) || !IsHex(spanId))
        {
            return false;
        }

        context = new ActivityContext(
            ActivityTraceId.CreateFromUtf8String(traceId),
            ActivitySpanId.CreateFromUtf8String(spanId),
            ActivityTraceFlags.Recorded,
            isRemote: true);
        return true;
    }

    private static void WriteAscii(string digits, Span<byte> destination) =>
        System.Text.Encoding.ASCII.GetBytes(digits, destination);

    private static bool IsHex(ReadOnlySpan<byte> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigitLower((char)digit))
            {
                return false;
            }
        }

        return true;
    }
}
