namespace Reflex.Cli.Output;

/// <summary>Notices that the reader of the standard output has gone while nothing is written. Not on Windows.</summary>
internal sealed class ReaderWatch
{
    private const int Output = 1;

    private readonly CancellationTokenSource _gone = new();

    private ReaderWatch()
    {
    }

    /// <summary>Begins to watch; answers a token that is cancelled when the reader has gone.</summary>
    public static CancellationToken Begin()
    {
        if (OperatingSystem.IsWindows() || !Libc.IsInherited(Output))
        {
            return CancellationToken.None;
        }

        var watch = new ReaderWatch();

        // It waits in the system for as long as the process lives, which must not keep it alive.
        new Thread(watch.Wait) { IsBackground = true, Name = "Watches the output's reader" }.Start();
        return watch._gone.Token;
    }

    private void Wait()
    {
        if (Libc.WaitUntilReaderGone(Output))
        {
            _gone.Cancel();
        }
    }
}
