using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Http.Requests;

/// <summary>
/// A request's body, unpacked and without a byte order mark. It is read up to a limit in place of the server's own, so that the error
/// names size and limit, and takes its share of what all requests may receive together until it is disposed.
/// </summary>
internal sealed class LimitedBody : IDisposable
{
    // Of a body that doesn't say how long it is, as much more is asked for at once.
    private const int ShareStep = 1024 * 1024;

    private readonly HttpRequest _request;
    private readonly PipeReader _reader;
    private readonly ReceivingShare _share;
    private readonly long _limit;
    private readonly string _remedy;
    private readonly bool _isPacked;
    private readonly UnstalledReader _received;
    private long _consumed;
    private ReadResult _last;
    private bool _isReading;
    private bool _hasBegun;

    private LimitedBody(
        HttpRequest request, UnstalledReader received, PipeReader? unpacked, ReceivingShare share, long limit, string remedy)
    {
        _request = request;
        _received = received;
        _reader = unpacked ?? received;
        _share = share;
        _limit = limit;
        _remedy = remedy;
        _isPacked = unpacked is not null;
    }

    /// <summary>Opens the body; one that says of itself that it is too large is refused unread.</summary>
    /// <exception cref="ProblemException">It is too large, or packed in a way that isn't known here.</exception>
    public static LimitedBody Open(HttpRequest request, long limit, string remedy)
    {
        if (request.ContentLength is { } length && length > limit)
        {
            throw ProblemException.TooLarge("The body", length, limit, remedy);
        }

        var services = request.HttpContext.RequestServices;
        var server = services.GetRequiredService<IOptions<ReflexServerOptions>>().Value;
        var received = new UnstalledReader(request.BodyReader, server.StallTimeout, server.TimeProvider);
        var unpacked = PackedBody.Unpack(request, received);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
        {
            // What is packed needs a limit of its own: any number of bytes may unpack to nothing.
            serverLimit.MaxRequestBodySize = unpacked is null ? null : limit;
        }

        return new LimitedBody(request, received, unpacked, services.GetRequiredService<ReceivingBudget>().Open(), limit, remedy);
    }

    /// <summary>Reads on; what was read before and not consumed comes again.</summary>
    /// <exception cref="ProblemException">The body is too large, too slow, or can't be unpacked.</exception>
    /// <exception cref="ServerBusyException">There is no room for the body now.</exception>
    /// <exception cref="ClientGoneException">The client has gone in the middle of it.</exception>
    public async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            await GrowShareAsync(_isPacked ? 0 : _request.ContentLength ?? 0, cancellationToken);
            await PassByteOrderMarkAsync(cancellationToken);
        }

        await ReadOnAsync(cancellationToken);
        return _last;
    }

    /// <summary>Takes room for the events that were made of what was read, and that are about to be.</summary>
    /// <exception cref="ServerBusyException">There is no room for them now.</exception>
    public async ValueTask TakeForEventsAsync(int events, CancellationToken cancellationToken)
    {
        if (!_share.TryGrowToEvents(events))
        {
            await _share.GrowToEventsAsync(events, cancellationToken);
            BeginPeriod();
        }
    }

    public void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _consumed += _last.Buffer.Slice(0, consumed).Length;
        _isReading = false;
        _reader.AdvanceTo(consumed, examined);
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

    /// <summary>
    /// Passes over what was read and not used, after an error, so that the server can do so with the rest. What the body's events took
    /// is free from now on.
    /// </summary>
    public void Dispose()
    {
        if (_isReading)
        {
            AdvanceTo(_last.Buffer.End, _last.Buffer.End);
        }

        if (_isPacked)
        {
            _reader.Complete();
        }

        _share.Dispose();
    }

    private async ValueTask ReadOnAsync(CancellationToken cancellationToken)
    {
        try
        {
            _last = await _reader.ReadAsync(cancellationToken);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw ProblemException.TooLarge("The packed body", _limit, _remedy);
        }
        catch (BadHttpRequestException error)
            when (error.StatusCode == StatusCodes.Status400BadRequest && _request.ContentLength is not null)
        {
            throw new BodyCutException(error);
        }
        catch (IOException error) when (error is not BadHttpRequestException)
        {
            throw new ClientGoneException(error);
        }
        catch (Exception error) when (_isPacked && error is InvalidDataException or InvalidOperationException)
        {
            throw ProblemException.Malformed(
                $"The body can't be unpacked: it is damaged, ends too early, or isn't packed as {_request.Headers.ContentEncoding} says.");
        }

        _isReading = true;
        var size = _consumed + _last.Buffer.Length;
        if (size > _limit)
        {
            throw ProblemException.TooLarge("The body", size, _limit, _remedy);
        }

        if (size > _share.Bytes)
        {
            var more = size <= ReceivingBudget.SmallBytes ? ReceivingBudget.SmallBytes : Math.Min(size + ShareStep, _limit);
            await GrowShareAsync(more, cancellationToken);
        }
    }

    private async ValueTask GrowShareAsync(long bytes, CancellationToken cancellationToken)
    {
        await _share.GrowToAsync(bytes, cancellationToken);
        BeginPeriod();
    }

    private void BeginPeriod()
    {
        if (_share.Bytes > ReceivingBudget.SmallBytes)
        {
            // A small one holds up nobody, and the server has a limit for it. What was waited for room doesn't count.
            _received.Begin();
        }
    }

    private async ValueTask PassByteOrderMarkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await ReadOnAsync(cancellationToken);
            var begin = _last.Buffer.Slice(0, Math.Min(ByteOrderMark.Length, _last.Buffer.Length)).ToArray();
            if (begin.Length < ByteOrderMark.Length && ByteOrderMark.StartsWith(begin) && !_last.IsCompleted)
            {
                AdvanceTo(_last.Buffer.Start, _last.Buffer.End);
                continue;
            }

            var place = _last.Buffer.GetPosition(ByteOrderMark.SequenceEqual(begin) ? ByteOrderMark.Length : 0);
            AdvanceTo(place, place);
            return;
        }
    }

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;
}
