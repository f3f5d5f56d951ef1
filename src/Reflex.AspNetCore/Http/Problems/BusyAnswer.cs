using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Reflex.AspNetCore.Http.Problems;

/// <summary>The whole answer of HTTP/1.1 to a connection over the limit, which no request's endpoint ever sees.</summary>
internal static class BusyAnswer
{
    public static byte[] Make()
    {
        var problem = ProblemMap.Of(
            new ServerBusyException("The server has as many connections as it may have: ask again a little later."));
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            ProblemJson.Write(writer, problem);
        }

        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {problem.Status} Service Unavailable\r\nConnection: close\r\nRetry-After: {problem.RetryAfterSeconds}\r\n"
            + $"Content-Type: {Problem.ContentType}\r\nContent-Length: {body.WrittenCount}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body.WrittenSpan];
    }
}
