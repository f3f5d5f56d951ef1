namespace Reflex.Cli.Output;

/// <summary>A line on the terminal that says how far long work is, and how fast it goes.</summary>
internal sealed class ProgressLine(Terminal terminal)
{
    // Often enough to look alive, and no work for the terminal.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _written;
    private int _width;

    /// <summary>Shows where the work is; does nothing where nobody sees it, or when it has just been shown.</summary>
    /// <param name="text">Where it is.</param>
    /// <param name="events">How many events are done, for the rate.</param>
    public void Report(string text, long events)
    {
        if (!Terminal.IsProgressShown || TimeProvider.System.GetElapsedTime(_written) < Interval)
        {
            return;
        }

        _written = TimeProvider.System.GetTimestamp();
        var line = $"{text}, {events / TimeProvider.System.GetElapsedTime(_started).TotalSeconds:N0}/s";
        terminal.WriteProgress(line.PadRight(_width));
        _width = Math.Max(_width, line.Length);
    }

    public void Clear()
    {
        if (_width > 0)
        {
            terminal.WriteProgress(new string(' ', _width));
            terminal.WriteProgress("");
        }
    }
}
