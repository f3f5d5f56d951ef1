using Reflex.Silo.Commands;
using Reflex.Silo.Configuration;
using Reflex.Storage.Sqlite;

namespace Reflex.Silo.Copying;

/// <summary>The command <c>backup FOLDER</c>: copies the data folder of the settings, while a silo uses it or not.</summary>
internal static class BackupCommand
{
    private const string Usage =
        """
        backup FOLDER [--Reflex:DataPath=PATH]
          copies the silo's data folder, while the silo runs or not, and verifies the copy; FOLDER must not exist, or be empty
          ends with 0 when the backup is made, 1 when the data is damaged, 2 when it can't be made
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] arguments) => new FolderCommand("back up", Usage, takesSettings: true).RunAsync(
        arguments,
        async (folder, settings, stopping) =>
        {
            var data = DataConfiguration.Read(settings);
            await FolderCopy.RunAsync(data.Path, data with { Path = folder }, SqliteStateCopy.Snapshot, "Backed up", stopping);
            return ExitCodes.Done;
        });
}
