using System.Text.Unicode;

namespace Reflex.Cli.Parsing;

/// <summary>The process' arguments as they were given: the runtime makes the same character of every byte that is no text.</summary>
internal static class RawArguments
{
    private const string OwnCommandLine = "/proc/self/cmdline";

    private const char Replacement = '\uFFFD';

    /// <summary>Requires that no argument lost something on its way, where the system shows what was given.</summary>
    /// <exception cref="FormatException">One isn't UTF-8.</exception>
    public static void RequireText(IReadOnlyList<string> arguments)
    {
        var place = arguments.ToList().FindIndex(argument => argument.Contains(Replacement, StringComparison.Ordinal));
        if (place >= 0 && File.Exists(OwnCommandLine) && !Utf8.IsValid(File.ReadAllBytes(OwnCommandLine)))
        {
            throw new FormatException(
                $"The argument {place + 1} isn't UTF-8, so that it can't be taken as it is: give events that hold it in a file.");
        }
    }
}
