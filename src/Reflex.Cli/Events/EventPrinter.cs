using System.Buffers;
using System.Globalization;
using System.Text;
using Reflex.Cli.Output;
using Reflex.Events;
using Reflex.Json;

namespace Reflex.Cli.Events;

/// <summary>Prints events: columns for people, lines of JSON for programs and files.</summary>
internal sealed class EventPrinter : IAsyncDisposable
{
    private const int FlushBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly EventJsonWriter _json;
    private readonly TextWriter? _text;
    private readonly FileStream? _file;
    private readonly ProgressLine _progress;
    private readonly bool _isTable;
    private long _count;

    private EventPrinter(Terminal terminal, TextWriter? text, FileStream? file, bool isTable)
    {
        _json = new EventJsonWriter(_buffer);
        _text = text;
        _file = file;
        _isTable = isTable;
        _progress = new ProgressLine(terminal);
    }

    /// <exception cref="IOException">The file exists, or can't be made.</exception>
    public static EventPrinter Create(Terminal terminal, TextWriter output, FileInfo? file) => file is null
        ? new EventPrinter(terminal, output, null, isTable: !terminal.IsJson)
        : new EventPrinter(terminal, null, new FileStream(file.FullName, FileMode.CreateNew, FileAccess.Write), isTable: false);

    public async ValueTask PrintAsync(Event e)
    {
        _count++;
        if (_isTable)
        {
            await _text!.WriteLineAsync(Line(e));
            return;
        }

        _json.Write(e, Encoding.UTF8.GetBytes(e.Cursor.ToString()));
        _buffer.Write("\n"u8);
        if (_text is not null || _buffer.WrittenCount >= FlushBytes)
        {
            await FlushAsync();
        }

        if (_file is not null)
        {
            _progress.Report($"{_count} events, at {e.Cursor}", _count);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await FlushAsync();
        _json.Dispose();
        _progress.Clear();
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }
    }

    private static string Line(Event e)
    {
        var metadata = Encoding.UTF8.GetString(e.Metadata.Span);
        var shown = new string([.. metadata.Select(c => char.IsControl(c) ? '·' : c)]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{e.Cursor,-10} {e.Timestamp.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} {e.Type,6} {e.ForeignId,-20} {shown}").TrimEnd();
    }

    private async ValueTask FlushAsync()
    {
        if (_text is not null)
        {
            await _text.WriteAsync(Encoding.UTF8.GetString(_buffer.WrittenSpan));
            await _text.FlushAsync();
        }
        else
        {
            await _file!.WriteAsync(_buffer.WrittenMemory);
        }

        _buffer.ResetWrittenCount();
    }
}
