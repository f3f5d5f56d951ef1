using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using Grpc.Core;
using Reflex.AspNetCore.Errors;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Grpc.Receiving;

/// <summary>A call's requests, which come out only whole, unpacked and within the limits.</summary>
/// <remarks>
/// gRPC's own reading keeps whatever a client announces, and logs each client that goes in the middle as a failure of the server's.
/// Here a message takes its share of what all may receive together by its header, before the rest of it is read, and for its events before
/// they are made of it. What is refused just ends the requests, and <see cref="Failure"/> says why. Not thread-safe, as no pipe's reader
/// is.
/// </remarks>
internal sealed class MessageReader(HttpRequest request, PipeReader inner, ReceivingShare share, MessageLimits limits) : PipeReader
{
    /// <summary>A byte that says whether the message is packed, and four of its length.</summary>
    public const int HeaderSize = 5;

    private const byte PackedFlag = 1;

    // The message as it comes out, and how much of the inner buffer it came from.
    private ReadOnlySequence<byte> _message;
    private ReadOnlySequence<byte> _received;
    private long _receivedLength;
    private bool _isPacked;
    private bool _isLast;
    private long? _began;

    /// <summary>Whether what a message took stays taken after it was read, until the call ends or something takes it over.</summary>
    public bool KeepsShare { get; init; }

    /// <summary>What the message takes that came last.</summary>
    public ReceivingShare Share => share;

    /// <summary>Why there are no more requests; null while nothing is wrong.</summary>
    public Exception? Failure { get; private set; }

    public static RefusedCallException TooLarge(long limit) => new(ErrorEncoder.TooLarge(
        string.Create(CultureInfo.InvariantCulture, $"A message of the call is over the limit of {limit} bytes: send less in each."),
        limit));

    /// <summary>Waits for the one request of a call. Afterwards it is there, or <see cref="Failure"/> says why not.</summary>
    public async ValueTask AwaitOnlyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReceiveAsync(cancellationToken);
            _began ??= limits.TimeProvider.GetTimestamp();
            while (!_isLast && _received.Length <= _receivedLength)
            {
                Advance(_received.Start, _received.End);
                Take(await ReadInnerAsync(cancellationToken));
            }

            if (_receivedLength == 0 || _received.Length > _receivedLength)
            {
                throw Refuse($"The call has {(_receivedLength == 0 ? "no request" : "more than one request")}: send one.");
            }

            _began = null;
        }
        catch (Exception error) when (error is RefusedCallException or ServerBusyException)
        {
            Failure = error;
        }
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (_receivedLength == 0 && !_isLast && Failure is null)
            {
                await ReceiveAsync(cancellationToken);
                _began = null;
            }
        }
        catch (Exception error) when (error is RefusedCallException or ServerBusyException)
        {
            Failure = error;
        }

        return Failure is null ? new ReadResult(_message, isCanceled: false, _isLast) : new ReadResult(default, isCanceled: false, true);
    }

    public override bool TryRead(out ReadResult result)
    {
        // The next message may have to wait for room.
        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <remarks>Messages are consumed whole, or not at all.</remarks>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_receivedLength == 0 || Failure is not null || _message.GetOffset(consumed) < _message.Length)
        {
            return;
        }

        try
        {
            var end = _received.GetPosition(_receivedLength);
            Advance(end, end);
        }
        catch (RefusedCallException error)
        {
            Failure = error;
        }

        _message = default;
        _receivedLength = 0;
        if (!KeepsShare)
        {
            share.Clear();
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private static RefusedCallException Gone() => new(new ErrorStatus(
        StatusCode.Cancelled, "", "The client has gone in the middle of its request."));

    private static RefusedCallException Refuse(string message) => new(ErrorEncoder.Invalid(message));

    /// <summary>Receives the next message, if there is one.</summary>
    private async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await ReadInnerAsync(cancellationToken);
            if (TryReadHeader(result.Buffer, out var isPacked, out var length))
            {
                await share.GrowToAsync(isPacked ? limits.MaxBytes : length, cancellationToken);
                if (result.Buffer.Length >= HeaderSize + length)
                {
                    _isPacked = isPacked;
                    _receivedLength = HeaderSize + length;
                    Take(result);
                    await TakeForEventsAsync(CheckFields(), cancellationToken);
                    return;
                }
            }

            if (result.IsCompleted)
            {
                _isLast = result.Buffer.IsEmpty
                    ? true
                    : throw Refuse($"The call ends in the middle of a message, after {result.Buffer.Length} bytes of it.");
                Advance(result.Buffer.End, result.Buffer.End);
                return;
            }

            _began ??= result.Buffer.IsEmpty ? null : limits.TimeProvider.GetTimestamp();
            Advance(result.Buffer.Start, result.Buffer.End);
        }
    }

    private bool TryReadHeader(ReadOnlySequence<byte> buffer, out bool isPacked, out long length)
    {
        (isPacked, length) = (false, 0);
        if (buffer.Length < HeaderSize)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        isPacked = header[0] == PackedFlag;
        length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (header[0] > PackedFlag)
        {
            throw Refuse($"A message of the call begins with the byte {header[0]}: expected 0, or 1 for one that is packed.");
        }

        return length <= limits.MaxBytes ? true : throw TooLarge(limits.MaxBytes);
    }

    /// <summary>Takes the message from a buffer that begins with it, which may have come a second time.</summary>
    private void Take(ReadResult result)
    {
        _received = result.Buffer;
        _isLast = result.IsCompleted && result.Buffer.Length <= _receivedLength;
        if (!_isPacked)
        {
            _message = result.Buffer.Slice(0, _receivedLength);
        }
        else if (_message.IsEmpty)
        {
            var unpacked = MessageUnpacker.Unpack(request, result.Buffer.Slice(HeaderSize, _receivedLength - HeaderSize), limits.MaxBytes);
            BinaryPrimitives.WriteInt32BigEndian(unpacked.AsSpan(1), unpacked.Length - HeaderSize);
            _message = new ReadOnlySequence<byte>(unpacked);
        }
    }

    /// <summary>How many events the message has, which is within the limit.</summary>
    private int CheckFields()
    {
        var (events, others) = MessageFields.Count(_message.Slice(HeaderSize), limits.EventField);
        if (events > limits.MaxEvents || others > limits.MaxFields)
        {
            var (limit, what) = events > limits.MaxEvents ? (limits.MaxEvents, "events") : (limits.MaxFields, "fields");
            throw Refuse(string.Create(
                CultureInfo.InvariantCulture,
                $"A message of the call has more than {limit} {what}, which is the limit: send less in each."));
        }

        return events;
    }

    private async ValueTask TakeForEventsAsync(int events, CancellationToken cancellationToken)
    {
        if (_isPacked)
        {
            // How large it is unpacked wasn't known before.
            share.ShrinkTo(_message.Length);
            await share.GrowToAsync(_message.Length, cancellationToken);
        }

        await share.GrowToEventsAsync(events, cancellationToken);
    }

    private async ValueTask<ReadResult> ReadInnerAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_began is not { } began)
            {
                return await inner.ReadAsync(cancellationToken);
            }

            var left = limits.MessageTimeout - limits.TimeProvider.GetElapsedTime(began);
            using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, limits.TimeProvider);

            // Not by the read's own token, which the server's reader isn't fit for any more afterwards.
            await using var cancelling = late.Token.UnsafeRegister(reader => ((PipeReader)reader!).CancelPendingRead(), inner);
            var result = await inner.ReadAsync(cancellationToken);
            return result.IsCanceled && late.IsCancellationRequested
                ? throw Refuse($"A message of the call didn't come whole within {limits.MessageTimeout}: send it at once.")
                : result;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            throw Gone();
        }
    }

    /// <summary>The server's reader tells of a client that has reset the call here too.</summary>
    private void Advance(SequencePosition consumed, SequencePosition examined)
    {
        try
        {
            inner.AdvanceTo(consumed, examined);
        }
        catch (IOException)
        {
            throw Gone();
        }
    }
}
