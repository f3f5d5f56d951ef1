using Reflex.Silo.Commands;
using Reflex.Silo.Configuration;
using Reflex.Storage.FileLog;
using Reflex.Storage.Sqlite;
using Reflex.Verifying;

namespace Reflex.Silo.Copying;

/// <summary>The command <c>restore FOLDER</c>: verifies a backup and copies it to where the settings have the data folder.</summary>
internal static class RestoreCommand
{
    private const string Usage =
        """
        restore FOLDER [--Reflex:DataPath=PATH]
          verifies a backup and copies it to the silo's data folder, which must not exist, or be empty
          ends with 0 when the data folder is made, 1 when the backup isn't sound, 2 when it can't be made
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] arguments) => new FolderCommand("restore", Usage, takesSettings: true).RunAsync(
        arguments,
        async (folder, settings, stopping) =>
        {
            var data = DataConfiguration.Read(settings);
            using var backup = StoppedDataFolder.Hold(folder);
            var found = await FolderVerification.OfAsync(backup, CommandOutput.Progress(), stopping);
            if (!found.IsServed)
            {
                CommandOutput.Write(found.Report);
                Console.WriteLine($"{found.Verdict}: nothing was restored.");
                return ExitCodes.Unsound;
            }

            await FolderCopy.RunAsync(backup.Path, data, SqliteStateCopy.CopyUnused, "Restored", stopping);
            return ExitCodes.Done;
        });
}
