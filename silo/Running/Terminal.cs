namespace Reflex.Silo.Running;

/// <summary>What the silo itself says to who has started it, and who may be gone: that is no reason to end.</summary>
internal static class Terminal
{
    private const int Output = 1;
    private const int Error = 2;
    private const int AccessMode = 3;
    private const string FlagsField = "flags:";

    /// <summary>
    /// Writes nothing to streams that were closed when the process began. The system then gives their numbers to whatever is opened
    /// first, which is a pipe of the runtime's own, and no place for text.
    /// </summary>
    public static void LeaveClosedStreams()
    {
        if (OperatingSystem.IsLinux() && IsClosed(Output))
        {
            Console.SetOut(TextWriter.Null);
        }

        if (OperatingSystem.IsLinux() && IsClosed(Error))
        {
            Console.SetError(TextWriter.Null);
        }
    }

    public static void WriteLine(string text) => Try(() => Console.Out.WriteLine(text));

    public static void WriteErrorLine(string text) => Try(() => Console.Error.WriteLine(text));

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nobody is there to tell.
        }
    }

    // Nobody can be meant to read what goes into a stream for reading, or into a pipe that this process reads itself.
    private static bool IsClosed(int stream)
    {
        try
        {
            var target = TargetOf(stream);
            return IsReadOnly(stream)
                || (target.StartsWith("pipe:", StringComparison.Ordinal)
                    && Enumerable.Range(0, stream).Any(lower => TargetOf(lower) == target && IsReadOnly(lower)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string TargetOf(int stream) => new FileInfo($"/proc/self/fd/{stream}").LinkTarget ?? "";

    private static bool IsReadOnly(int stream)
    {
        var flags = File.ReadLines($"/proc/self/fdinfo/{stream}").First(line => line.StartsWith(FlagsField, StringComparison.Ordinal));
        return (Convert.ToInt32(flags[FlagsField.Length..].Trim(), fromBase: 8) & AccessMode) == 0;
    }
}
