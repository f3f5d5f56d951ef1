using System.CommandLine;
using Reflex.Cli.Output;
using Reflex.Storage;
using Reflex.Verifying;

namespace Reflex.Cli.Verifying;

/// <summary><c>reflex verify</c>: verifies a data folder, as the silo's command does, of the same code.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandRunner runner)
    {
        var folder = Options.Folder("folder", "A data folder that no silo uses; after -- one whose name begins with a dash.");
        var command = new Command(
            "verify",
            "Reads a data folder through, compares its cursors with its logs, and changes nothing; 1 when it isn't sound, 2 when it can't "
            + "be verified.") { folder };
        runner.SetLocal(command, (parsed, terminal, cancellationToken) =>
            VerifyAsync(parsed.GetRequiredValue(folder), terminal, cancellationToken));
        return command;
    }

    private static async Task<int> VerifyAsync(string folder, Terminal terminal, CancellationToken cancellationToken)
    {
        FolderVerification found;
        try
        {
            var progress = Terminal.IsProgressShown ? new VerificationProgressLine(terminal.WriteProgress) : null;
            found = await FolderVerification.OfAsync(folder, progress, cancellationToken);
        }
        catch (Exception error) when (error is StorageRefusedException or IOException or UnauthorizedAccessException)
        {
            await terminal.WriteErrorAsync(error.Message);
            return ExitCodes.Misused;
        }

        if (terminal.IsJson)
        {
            var json = found.Report.ToJson();
            json["verdict"] = found.Verdict;
            json["isSound"] = found.IsSound;
            terminal.WriteJson(json);
        }
        else
        {
            foreach (var line in found.Report.Lines(Terminal.Width).Concat(found.Summary))
            {
                terminal.WriteLine(line);
            }
        }

        return found.IsSound ? ExitCodes.Done : ExitCodes.Failed;
    }
}
