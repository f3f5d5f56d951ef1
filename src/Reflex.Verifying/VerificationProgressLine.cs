using System.Globalization;
using Reflex.Storage;

namespace Reflex.Verifying;

/// <summary>A line on a terminal that says how far a verification is.</summary>
/// <param name="write">Writes over the line.</param>
public sealed class VerificationProgressLine(Action<string> write) : IProgress<LogVerificationProgress>
{
    // Often enough to look alive, and no work for the terminal.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _written = TimeProvider.System.GetTimestamp();
    private int _width;

    /// <inheritdoc/>
    public void Report(LogVerificationProgress value)
    {
        if (TimeProvider.System.GetElapsedTime(_written) < Interval)
        {
            return;
        }

        _written = TimeProvider.System.GetTimestamp();
        var rate = value.Bytes / 1e6 / TimeProvider.System.GetElapsedTime(_started).TotalSeconds;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * value.Bytes / Math.Max(1, value.TotalBytes)} % of {value.TotalBytes / 1e6:0} MB, {rate:0} MB/s, {value.Partition}");
        write(line.PadRight(_width));
        _width = Math.Max(_width, line.Length);
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_width > 0)
        {
            write(new string(' ', _width));
            write("");
        }
    }
}
