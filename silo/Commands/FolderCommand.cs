using Reflex.Silo.Running;
using Reflex.Storage;

namespace Reflex.Silo.Commands;

/// <summary>A command on one folder: its arguments, its interruption, and its errors in one sentence each.</summary>
/// <param name="does">What it does, for its errors: "back up".</param>
/// <param name="usage">What it says about itself.</param>
/// <param name="takesSettings">Whether settings of the silo may follow the folder.</param>
internal sealed class FolderCommand(string does, string usage, bool takesSettings = false)
{
    /// <summary>Runs it.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    /// <param name="run">Does it with the folder and the settings; answers the exit code.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] arguments, Func<string, string[], CancellationToken, Task<int>> run)
    {
        if (arguments is ["--help" or "-h"])
        {
            Console.WriteLine(usage);
            return ExitCodes.Done;
        }

        if (arguments is not [{ Length: > 0 } folder, .. var settings] || folder[0] == '-' || !AreSettings(settings))
        {
            await Console.Error.WriteLineAsync(usage);
            return ExitCodes.Refused;
        }

        using var signals = new StopSignals();
        try
        {
            return await run(folder, settings, signals.Told);
        }
        catch (LogCorruptedException error)
        {
            return await FailAsync(ExitCodes.Unsound, error.Message);
        }
        catch (OperationCanceledException)
        {
            return await FailAsync(ExitCodes.Refused, "it was interrupted.");
        }
        catch (Exception error) when (
            error is ReflexException or IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            return await FailAsync(ExitCodes.Refused, error.Message);
        }
    }

    /// <summary>As the silo takes them on its command line: <c>--Section:Key=Value</c>. Anything else is a typing error.</summary>
    private bool AreSettings(string[] arguments) =>
        arguments.Length == 0
        || (takesSettings && arguments.All(argument =>
            argument.StartsWith("--", StringComparison.Ordinal)
            && argument.IndexOf('=', StringComparison.Ordinal) > argument.IndexOf(':', StringComparison.Ordinal)
            && argument.Contains(':', StringComparison.Ordinal)));

    private async Task<int> FailAsync(int code, string message)
    {
        await Console.Error.WriteLineAsync($"Reflex can't {does}: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}
