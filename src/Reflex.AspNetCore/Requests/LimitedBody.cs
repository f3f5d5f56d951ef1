using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Reflex.AspNetCore.Problems;

namespace Reflex.AspNetCore.Requests;

/// <summary>A request's body, read up to a limit in place of the server's own, so that the error names size and limit.</summary>
internal sealed class LimitedBody : IDisposable
{
    private readonly PipeReader _reader;
    private readonly long _limit;
    private readonly string _remedy;
    private long _consumed;
    private ReadResult _last;
    private bool _isReading;

    private LimitedBody(PipeReader reader, long limit, string remedy)
    {
        _reader = reader;
        _limit = limit;
        _remedy = remedy;
    }

    /// <summary>Opens the body; one that says of itself that it is too large is refused unread.</summary>
    public static LimitedBody Open(HttpRequest request, long limit, string remedy)
    {
        if (request.ContentLength is { } length && length > limit)
        {
            throw ProblemException.TooLarge("The body", length, limit, remedy);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
        {
            serverLimit.MaxRequestBodySize = null;
        }

        return new LimitedBody(request.BodyReader, limit, remedy);
    }

    public async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        _last = await _reader.ReadAsync(cancellationToken);
        _isReading = true;
        var size = _consumed + _last.Buffer.Length;
        return size <= _limit ? _last : throw ProblemException.TooLarge("The body", size, _limit, _remedy);
    }

    public void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _consumed += _last.Buffer.Slice(0, consumed).Length;
        _isReading = false;
        _reader.AdvanceTo(consumed, examined);
    }

    /// <summary>Passes over what was read and not used, after an error, so that the server can do so with the rest.</summary>
    public void Dispose()
    {
        if (_isReading)
        {
            AdvanceTo(_last.Buffer.End, _last.Buffer.End);
        }
    }

    /// <summary>Reads the whole body into one array.</summary>
    public async ValueTask<byte[]> ReadAllAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await ReadAsync(cancellationToken);
            if (read.IsCompleted)
            {
                var whole = read.Buffer.ToArray();
                AdvanceTo(read.Buffer.End, read.Buffer.End);
                return whole;
            }

            AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
