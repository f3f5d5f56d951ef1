using System.IO.Pipelines;
using Reflex.AspNetCore.Problems;

namespace Reflex.AspNetCore.Requests;

/// <summary>Refuses a body that comes so slowly that what it takes is of no use to anybody.</summary>
/// <remarks>The server's own least rate is an average since the beginning: after ten megabytes it lets a body rest for hours.</remarks>
internal sealed class StallGuard(TimeSpan timeout, TimeProvider timeProvider)
{
    // Within a time-out; a kibibyte a second by default.
    private const int LeastBytes = 30 * 1024;

    // What has come already is taken, however long the server itself has been busy.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private long _began;
    private long _bytesThen;

    /// <summary>Begins a period in which the least must come.</summary>
    /// <param name="bytes">How much has come until now.</param>
    public void Begin(long bytes)
    {
        _began = timeProvider.GetTimestamp();
        _bytesThen = bytes;
    }

    /// <summary>Reads on.</summary>
    /// <param name="reader">The body.</param>
    /// <param name="consumed">How much was consumed until now.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="ProblemException">The period is over, and less has come.</exception>
    public async ValueTask<ReadResult> ReadAsync(PipeReader reader, long consumed, CancellationToken cancellationToken)
    {
        var left = timeout - timeProvider.GetElapsedTime(_began);
        using var late = new CancellationTokenSource(left > ShortestWait ? left : ShortestWait, timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            var result = await reader.ReadAsync(ending.Token);
            if (consumed + result.Buffer.Length - _bytesThen >= LeastBytes)
            {
                Begin(consumed + result.Buffer.Length);
            }

            return result;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status408RequestTimeout,
                "too-slow",
                "Too slow",
                $"Less than {LeastBytes} bytes of the body came within {timeout}: send it faster, or in smaller parts."));
        }
    }
}
