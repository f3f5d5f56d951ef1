using Reflex.Silo.Commands;
using Reflex.Verifying;

namespace Reflex.Silo.Verifying;

/// <summary>
/// The command <c>verify FOLDER</c>: verifies a data folder that no silo uses, and changes nothing in it. The tool has the same, of the
/// same code.
/// </summary>
internal static class VerifyCommand
{
    private const string Usage =
        """
        verify FOLDER
          reads a data folder that no silo uses through, compares its cursors with its logs, and prints what it holds and what is wrong;
          changes nothing
          ends with 0 when the folder is sound, 1 when it isn't, 2 when it can't be verified
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] arguments) => new FolderCommand("verify", Usage).RunAsync(
        arguments,
        async (folder, _, stopping) =>
        {
            var found = await FolderVerification.OfAsync(folder, CommandOutput.Progress(), stopping);
            CommandOutput.Write(found.Report);
            foreach (var line in found.Summary)
            {
                Console.WriteLine(line);
            }

            return found.IsSound ? ExitCodes.Done : ExitCodes.Unsound;
        });
}
