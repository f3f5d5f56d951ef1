using System.Buffers;
using System.IO.Pipelines;
using Reflex.Cli.Output;
using Reflex.Events;
using Reflex.Json;
using Reflex.Streams;

namespace Reflex.Cli.Events;

/// <summary>Appends the lines of a file in their order, a few lists of them at a time.</summary>
/// <param name="stream">The stream that gets them.</param>
/// <param name="length">The file's length in bytes; null when it isn't known.</param>
/// <param name="terminal">Where the progress goes.</param>
internal sealed class FileAppend(IEventStream stream, long? length, Terminal terminal)
{
    // Large enough that a call is worth its while, small enough that its failure leaves little in doubt.
    private const int EventsPerAppend = 500;
    private const int AppendsUnderWay = 16;
    private const int MaxLineBytes = 8 * 1024 * 1024;

    private readonly Queue<(Task Append, int Count, long LastLine)> _underWay = new();
    private readonly ProgressLine _progress = new(terminal);
    private readonly EventJsonReader _reader = new();
    private List<NewEvent> _events = [];
    private long _line;
    private long _bytes;

    /// <summary>How many events are known to be durable.</summary>
    public long Appended { get; private set; }

    /// <summary>Appends everything.</summary>
    /// <exception cref="FormatException">It isn't UTF-8, or a line is no event; the lines before it are appended.</exception>
    /// <exception cref="ReflexException">An append failed; the message says up to which line all is appended.</exception>
    public async Task RunAsync(Stream lines, CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(lines, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        try
        {
            await PassOverMarkAsync(pipe, cancellationToken);
            while (true)
            {
                var read = await pipe.ReadAsync(cancellationToken);
                var rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    await AddAsync(rest.Slice(0, end), cancellationToken);
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                if (read.IsCompleted)
                {
                    await AddAsync(rest, cancellationToken);
                    break;
                }

                if (rest.Length > MaxLineBytes)
                {
                    throw new FormatException($"Line {_line + 1} is longer than {MaxLineBytes} bytes, which no event is.");
                }

                pipe.AdvanceTo(rest.Start, rest.End);
            }

            await SendAsync(cancellationToken);
            await DrainAsync(0, cancellationToken);
        }
        catch (FormatException)
        {
            await SendAsync(cancellationToken);
            await DrainAsync(0, cancellationToken);
            throw;
        }
        finally
        {
            _progress.Clear();
            await pipe.CompleteAsync();
        }
    }

    private static async ValueTask PassOverMarkAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        var start = (await pipe.ReadAtLeastAsync(ByteOrderMark.MaxSize, cancellationToken)).Buffer;
        var size = ByteOrderMark.Measure(start.Slice(0, Math.Min(start.Length, ByteOrderMark.MaxSize)).ToArray());
        pipe.AdvanceTo(start.GetPosition(size));
    }

    private async ValueTask AddAsync(ReadOnlySequence<byte> line, CancellationToken cancellationToken)
    {
        _line++;
        _bytes += line.Length + 1;
        if (TryRead(line) is { } e)
        {
            _events.Add(e);
            if (_events.Count == EventsPerAppend)
            {
                await SendAsync(cancellationToken);
            }
        }
    }

    private NewEvent? TryRead(ReadOnlySequence<byte> line)
    {
        var json = (line.IsSingleSegment ? line.FirstSpan : line.ToArray()).Trim(" \t\r"u8);
        try
        {
            return json.IsEmpty ? null : _reader.Read(json);
        }
        catch (FormatException error)
        {
            throw new FormatException($"Line {_line} is not an event: {error.Message}. The lines before it are appended.", error);
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_events.Count == 0)
        {
            return;
        }

        await DrainAsync(AppendsUnderWay - 1, cancellationToken);
        _underWay.Enqueue((stream.AppendAsync(_events, cancellationToken), _events.Count, _line));
        _events = [];
    }

    private async ValueTask DrainAsync(int left, CancellationToken cancellationToken)
    {
        while (_underWay.Count > left)
        {
            var (append, count, lastLine) = _underWay.Dequeue();
            try
            {
                await append.WaitAsync(cancellationToken);
            }
            catch (ReflexException error)
            {
                throw new FileAppendException(Appended, lastLine, error);
            }

            Appended += count;
            var share = length is { } all ? $"{100 * _bytes / Math.Max(1, all)} %, " : "";
            _progress.Report($"{share}{Appended} events", Appended);
        }
    }
}
