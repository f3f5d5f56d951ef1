using System.Globalization;
using Reflex.Silo.Commands;
using Reflex.Storage.FileLog;

namespace Reflex.Silo.Verifying;

/// <summary>The command <c>verify FOLDER</c>: verifies a data folder that no silo uses, and changes nothing in it.</summary>
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
            using var held = StoppedDataFolder.Hold(folder);
            var started = TimeProvider.System.GetTimestamp();
            var found = await Verification.OfAsync(held, stopping);
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            Console.Write(found.Table.Text());
            var table = found.Table;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{found.Verdict}: {table.Events} events of {table.Partitions} partitions, {table.Bytes} bytes read in " +
                $"{elapsed.TotalSeconds:0.00} s ({table.Bytes / 1e6 / Math.Max(elapsed.TotalSeconds, 0.001):0} MB/s)."));
            if (found.Table.IsMixed)
            {
                Console.WriteLine("A folder that a silo uses is copied by the silo's command backup, and by nothing else.");
            }

            return found.IsSound ? ExitCodes.Done : ExitCodes.Unsound;
        });
}
