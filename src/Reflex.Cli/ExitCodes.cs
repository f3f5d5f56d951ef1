namespace Reflex.Cli;

/// <summary>What the tool ends with, for scripts.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It failed, or what was verified isn't sound.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong, or what was to be verified can't be; nothing was done.</summary>
    public const int Misused = 2;

    /// <summary>It failed for a reason that may pass by itself: the cluster can't be reached, a silo is stopping.</summary>
    public const int TryAgain = 3;

    /// <summary>Interrupted, as shells number it.</summary>
    public const int Interrupted = 130;

    /// <summary>Who read the output has gone: what shells say of a program that SIGPIPE ended.</summary>
    public const int ReaderGone = 141;
}
