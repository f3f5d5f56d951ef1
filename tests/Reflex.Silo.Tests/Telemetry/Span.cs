using Google.Protobuf;

namespace Reflex.Silo.Tests.Telemetry;

/// <summary>A span, with its ids in hexadecimal digits.</summary>
/// <remarks>The field numbers are those of OpenTelemetry's trace.proto and trace_service.proto.</remarks>
internal sealed record Span(string Trace, string Id, string Parent, string Name)
{
    private const int ResourceSpans = 1;
    private const int ScopeSpans = 2;
    private const int Spans = 2;

    /// <summary>The spans of a request of the collector's trace service.</summary>
    public static IEnumerable<Span> Read(byte[] request) =>
        from resource in Fields(request, ResourceSpans)
        from scope in Fields(resource, ScopeSpans)
        from span in Fields(scope, Spans)
        let name = ByteString.CopyFrom(Fields(span, 5).Single()).ToStringUtf8()
        select new Span(Hex(span, 1), Hex(span, 2), Hex(span, 4), name);

    private static string Hex(byte[] message, int field) =>
        Fields(message, field).Select(Convert.ToHexStringLower).FirstOrDefault("");

    /// <summary>The fields of a number that have a length.</summary>
    private static IEnumerable<byte[]> Fields(byte[] message, int field)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (tag == WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited))
            {
                yield return input.ReadBytes().ToByteArray();
            }
            else
            {
                input.SkipLastField();
            }
        }
    }
}
