using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Reflex.AspNetCore.Connections;

/// <summary>
/// Refuses connections over the limit. A client of HTTP/1.1 is told by an answer; others, which have no simple one, see their connection
/// closed, and may try again.
/// </summary>
/// <param name="answer">The whole answer to a client of HTTP/1.1.</param>
/// <param name="timeProvider">Measures how long a client may say nothing.</param>
internal sealed class ConnectionRefusal(byte[] answer, TimeProvider timeProvider)
{
    // Each is an open file until its client has said what it speaks.
    private const int MostAtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private int _refusing;

    /// <summary>Refuses a connection and closes it. It never fails.</summary>
    public async Task RefuseAsync(ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref _refusing) <= MostAtOnce && await SpeaksHttp1Async(connection))
            {
                await connection.Transport.Output.WriteAsync(answer);
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
}
