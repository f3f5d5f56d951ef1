using System.Globalization;
using Reflex.Storage;

namespace Reflex.Silo.Commands;

/// <summary>A line on a terminal that says how far a command is; nothing where stderr goes into a file.</summary>
internal sealed class ProgressLine : IProgress<LogVerificationProgress>
{
    // Often enough to look alive, and no work for the terminal.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly bool _isShown = !Console.IsErrorRedirected;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _written = TimeProvider.System.GetTimestamp();
    private int _width;

    public void Report(LogVerificationProgress value)
    {
        if (!_isShown || TimeProvider.System.GetElapsedTime(_written) < Interval)
        {
            return;
        }

        _written = TimeProvider.System.GetTimestamp();
        var rate = value.Bytes / 1e6 / TimeProvider.System.GetElapsedTime(_started).TotalSeconds;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * value.Bytes / Math.Max(1, value.TotalBytes)} % of {value.TotalBytes / 1e6:0} MB, {rate:0} MB/s, {value.Partition}");
        Console.Error.Write($"\r{line.PadRight(_width)}");
        _width = Math.Max(_width, line.Length);
    }

    public void Clear()
    {
        if (_width > 0)
        {
            Console.Error.Write($"\r{new string(' ', _width)}\r");
        }
    }
}
