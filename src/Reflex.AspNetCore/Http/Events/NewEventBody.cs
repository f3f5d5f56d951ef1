using System.Buffers;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;
using Reflex.Events;
using Reflex.Json;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>Reads the events of an append's body. The whole body is read and checked before any of it is used.</summary>
internal static class NewEventBody
{
    private const string SendLess = "send fewer events at a time";
    private const string PointElsewhere = "keep the data elsewhere and only point to it";

    /// <summary>Opens a body of one JSON event; it is disposed when that is appended.</summary>
    public static LimitedBody OpenOne(HttpRequest request, ReflexHttpOptions options) =>
        LimitedBody.Open(request, Math.Min(options.MaxEventJsonBytes, options.MaxBodyBytes), PointElsewhere);

    /// <summary>Opens an NDJSON body; it is disposed when its events are appended.</summary>
    public static LimitedBody OpenLines(HttpRequest request, ReflexHttpOptions options) =>
        LimitedBody.Open(request, options.MaxBodyBytes, SendLess);

    /// <summary>Reads the one event of a JSON body.</summary>
    public static async ValueTask<NewEvent> ReadOneAsync(LimitedBody body, CancellationToken cancellationToken)
    {
        var json = await body.ReadAllAsync(cancellationToken);
        try
        {
            return new EventJsonReader().Read(json);
        }
        catch (FormatException error)
        {
            throw ProblemException.Malformed(
                $"The body is not an event: {error.Message}. Several events go as {MediaTypes.Ndjson}, one a line.");
        }
    }

    /// <summary>Reads the events of an NDJSON body, one a line; blank lines are passed over.</summary>
    public static async ValueTask<List<NewEvent>> ReadLinesAsync(
        LimitedBody body, ReflexHttpOptions options, CancellationToken cancellationToken)
    {
        var lines = new LineReader(options);
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            await body.TakeForEventsAsync(lines.CountWith(read.Buffer), cancellationToken);
            var rest = lines.Read(read.Buffer);
            if (read.IsCompleted)
            {
                lines.ReadLine(rest);
                body.AdvanceTo(read.Buffer.End, read.Buffer.End);
                return lines.Events.Count > 0 ? lines.Events : throw ProblemException.Malformed("The body has no event.");
            }

            body.AdvanceTo(rest.Start, rest.End);
        }
    }

    private sealed class LineReader(ReflexHttpOptions options)
    {
        private readonly EventJsonReader _reader = new();
        private byte[] _joined = [];
        private long _number;

        public List<NewEvent> Events { get; } = [];

        /// <summary>How many events there are with those of the buffer, at most.</summary>
        public int CountWith(ReadOnlySequence<byte> buffer)
        {
            long count = Events.Count + 1;
            foreach (var segment in buffer)
            {
                count += segment.Span.Count((byte)'\n');
            }

            return (int)Math.Min(count, options.MaxEventsPerBody);
        }

        /// <summary>Reads the whole lines of the buffer and returns what follows the last of them.</summary>
        public ReadOnlySequence<byte> Read(ReadOnlySequence<byte> buffer)
        {
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                ReadLine(buffer.Slice(0, end));
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            return buffer.Length <= options.MaxEventJsonBytes ? buffer : throw TooLong(_number + 1, buffer.Length);
        }

        public void ReadLine(ReadOnlySequence<byte> line)
        {
            _number++;
            if (line.Length > options.MaxEventJsonBytes)
            {
                throw TooLong(_number, line.Length);
            }

            var json = Join(line).Trim(" \t\r"u8);
            if (json.IsEmpty)
            {
                return;
            }

            if (Events.Count == options.MaxEventsPerBody)
            {
                throw new ProblemException(new Problem(
                    StatusCodes.Status413PayloadTooLarge,
                    "too-large",
                    "Too large",
                    $"The body has more than {options.MaxEventsPerBody} events, which is the limit: {SendLess}.")
                    .With("line", _number)
                    .With("limit", options.MaxEventsPerBody));
            }

            try
            {
                Events.Add(_reader.Read(json));
            }
            catch (FormatException error)
            {
                throw ProblemException.Malformed($"Line {_number} is not an event: {error.Message}. Nothing of the body was appended.")
                    .With("line", _number);
            }
        }

        private ProblemException TooLong(long line, long size) =>
            ProblemException.TooLarge($"Line {line}", size, options.MaxEventJsonBytes, PointElsewhere).With("line", line);

        private ReadOnlySpan<byte> Join(ReadOnlySequence<byte> line)
        {
            if (line.IsSingleSegment)
            {
                return line.FirstSpan;
            }

            if (_joined.Length < line.Length)
            {
                _joined = new byte[(int)Math.Min(Math.Max(line.Length, _joined.Length * 2L), options.MaxEventJsonBytes)];
            }

            line.CopyTo(_joined);
            return _joined.AsSpan(0, (int)line.Length);
        }
    }
}
