using Reflex.Verifying;

namespace Reflex.Silo.Commands;

/// <summary>What commands print.</summary>
internal static class CommandOutput
{
    // Where there is no terminal there is no width that lines would have to keep.
    private const int RedirectedWidth = 10_000;

    /// <summary>A line that says how far a command is; null where nobody sees it.</summary>
    public static VerificationProgressLine? Progress() =>
        Console.IsErrorRedirected ? null : new VerificationProgressLine(line => Console.Error.Write($"\r{line}"));

    public static void Write(FolderReport report)
    {
        foreach (var line in report.Lines(Console.IsOutputRedirected ? RedirectedWidth : Console.WindowWidth))
        {
            Console.WriteLine(line);
        }
    }
}
