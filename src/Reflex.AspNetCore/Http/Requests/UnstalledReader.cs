using System.IO.Pipelines;
using Reflex.AspNetCore.Http.Problems;

namespace Reflex.AspNetCore.Http.Requests;

/// <summary>A body that is refused when it comes so slowly that the room it takes is of no use to anybody. Not thread-safe.</summary>
/// <remarks>The server's own least rate is an average since the beginning: after ten megabytes it lets a body rest for hours.</remarks>
internal sealed class UnstalledReader(PipeReader inner, TimeSpan timeout, TimeProvider timeProvider) : PipeReader
{
    // Within a time-out; a kibibyte a second by default.
    private const int LeastBytes = 30 * 1024;

    // What has come already is taken, however long the server itself has been busy.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private ReadResult _last;
    private long _consumed;
    private long _bytesThen;
    private long? _began;

    /// <summary>Begins a period in which the least must come; before the first there is no limit.</summary>
    public void Begin()
    {
        _began = timeProvider.GetTimestamp();
        _bytesThen = _consumed + _last.Buffer.Length;
    }

    /// <inheritdoc/>
    /// <exception cref="ProblemException">The period is over, and less has come.</exception>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_began is not { } began)
        {
            return _last = await inner.ReadAsync(cancellationToken);
        }

        var left = timeout - timeProvider.GetElapsedTime(began);
        using var late = new CancellationTokenSource(left > ShortestWait ? left : ShortestWait, timeProvider);

        // Not by the read's own token: a server's body whose read was cancelled can't be passed over any more.
        await using var cancelling = late.Token.UnsafeRegister(reader => ((PipeReader)reader!).CancelPendingRead(), inner);
        _last = await inner.ReadAsync(cancellationToken);
        while (_last.IsCanceled && !late.IsCancellationRequested)
        {
            // That was meant for the read before.
            inner.AdvanceTo(_last.Buffer.Start);
            _last = await inner.ReadAsync(cancellationToken);
        }

        if (_consumed + _last.Buffer.Length - _bytesThen >= LeastBytes)
        {
            Begin();

            // It came in time, just so: who reads this doesn't know of the period.
            _last = new ReadResult(_last.Buffer, isCanceled: false, _last.IsCompleted);
        }
        else if (_last.IsCanceled)
        {
            inner.AdvanceTo(_last.Buffer.Start);
            _last = default;
            throw new ProblemException(new Problem(
                StatusCodes.Status408RequestTimeout,
                "too-slow",
                "Too slow",
                $"Less than {LeastBytes} bytes of the body came within {timeout}: send it faster, or in smaller parts."));
        }

        return _last;
    }

    public override bool TryRead(out ReadResult result)
    {
        var hasRead = inner.TryRead(out result);
        _last = hasRead ? result : _last;
        return hasRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _consumed += _last.Buffer.Slice(0, consumed).Length;
        _last = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
