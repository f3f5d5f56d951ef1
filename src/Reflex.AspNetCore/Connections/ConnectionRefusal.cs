using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Reflex.AspNetCore.Http.Problems;

namespace Reflex.AspNetCore.Connections;

/// <summary>
/// Refuses connections over the limit. A client of HTTP/1.1 is told by an answer; others, which have no simple one, see their connection
/// closed, and may try again.
/// </summary>
internal sealed class ConnectionRefusal(TimeProvider timeProvider)
{
    // Each is an open file until its client has said what it speaks.
    private const int MostAtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly byte[] Answer = MakeAnswer();

    private int _refusing;

    /// <summary>Refuses a connection and closes it. It never fails.</summary>
    public async Task RefuseAsync(ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref _refusing) <= MostAtOnce && await SpeaksHttp1Async(connection))
            {
                await connection.Transport.Output.WriteAsync(Answer);
            }
        }
        catch (Exception)
        {
            // The client has gone, or said nothing in time.
        }
        finally
        {
            await connection.DisposeAsync();
            Interlocked.Decrement(ref _refusing);
        }
    }

    /// <summary>A method's name, which the first letters of TLS and HTTP/2 aren't.</summary>
    private async Task<bool> SpeaksHttp1Async(ConnectionContext connection)
    {
        using var patience = new CancellationTokenSource(Patience, timeProvider);
        var input = connection.Transport.Input;
        var read = await input.ReadAsync(patience.Token);
        var begin = Encoding.ASCII.GetString(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, 4)));
        input.AdvanceTo(read.Buffer.End);
        return begin.Length > 0 && char.IsAsciiLetterUpper(begin[0]) && begin != "PRI ";
    }

    private static byte[] MakeAnswer()
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
