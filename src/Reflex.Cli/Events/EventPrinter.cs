using System.Buffers;
using System.Globalization;
using System.Text;
using Reflex.Cli.Output;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Json;

namespace Reflex.Cli.Events;

/// <summary>Prints events: columns for people, lines of JSON for programs and files.</summary>
internal sealed class EventPrinter : IAsyncDisposable
{
    private const int FlushBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly EventJsonWriter _json;
    private readonly Terminal _terminal;
    private readonly FileStream? _file;
    private readonly ProgressLine _progress;
    private Cursor _last;
    private Cursor _written;
    private long _count;

    private EventPrinter(Terminal terminal, FileStream? file)
    {
        _json = new EventJsonWriter(_buffer);
        _terminal = terminal;
        _file = file;
        _progress = new ProgressLine(terminal);
    }

    /// <param name="terminal">Where events go without a file.</param>
    /// <param name="path">The file; null for none.</param>
    /// <exception cref="IOException">The file exists, or can't be made.</exception>
    public static EventPrinter Create(Terminal terminal, string? path)
    {
        if (path is null)
        {
            return new EventPrinter(terminal, null);
        }

        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a folder; --output takes a file that doesn't exist yet.");
        }

        // Without a buffer of its own, so that what it couldn't write is known at the time.
        const FileShare Share = FileShare.Read | FileShare.Delete;
        return new EventPrinter(terminal, new FileStream(path, FileMode.CreateNew, FileAccess.Write, Share, bufferSize: 0));
    }

    public async ValueTask PrintAsync(Event e)
    {
        _count++;
        _last = e.Cursor;
        if (_file is null && !_terminal.IsJson)
        {
            _terminal.WriteLine(Line(e));
            return;
        }

        _json.Write(e, Encoding.UTF8.GetBytes(_last.ToString()));
        if (_file is null)
        {
            _terminal.WriteJsonLine(Encoding.UTF8.GetString(_buffer.WrittenSpan));
            _buffer.ResetWrittenCount();
            return;
        }

        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= FlushBytes)
        {
            await FlushAsync(_file);
        }

        _progress.Report($"{_count} events, at {_last}", _count);
    }

    /// <summary>
    /// There will be no more events, because of an error. A file without any would keep the same command from running again.
    /// </summary>
    public void GiveUp()
    {
        if (_file is null || _count > 0)
        {
            return;
        }

        try
        {
            File.Delete(_file.Name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The command has an error of its own to tell.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _progress.Clear();
        _json.Dispose();
        if (_file is not null)
        {
            await using (_file)
            {
                await FlushAsync(_file);
            }
        }
    }

    private static string Line(Event e) => string.Create(
        CultureInfo.InvariantCulture,
        $"{e.Cursor,-16} {e.Timestamp.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} {e.Type,6} {VisibleText.Of(e.ForeignId),-20} "
        + $"{Encoding.UTF8.GetString(e.Metadata.Span)}").TrimEnd();

    private async ValueTask FlushAsync(FileStream file)
    {
        try
        {
            await file.WriteAsync(_buffer.WrittenMemory);
        }
        catch (IOException error)
        {
            var whole = _written.IsEmpty ? "none of its events is sure to be whole" : $"its events are whole up to the cursor {_written}";
            throw new IOException($"The file could not be written ({error.Message.TrimEnd('.')}): {whole}.", error);
        }
        finally
        {
            // What failed once isn't written again, after a part of it.
            _buffer.ResetWrittenCount();
        }

        _written = _last;
    }
}
