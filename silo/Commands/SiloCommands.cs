using Reflex.Silo.Copying;
using Reflex.Silo.Repairing;
using Reflex.Silo.Verifying;

namespace Reflex.Silo.Commands;

/// <summary>What the program does instead of running a silo, by its first argument.</summary>
internal static class SiloCommands
{
    private const string Usage =
        """
        without arguments, or with settings such as --Reflex:DataPath=data: runs a silo
          verify FOLDER            reads a data folder through
          backup FOLDER            copies the data folder, also while a silo uses it
          restore FOLDER           makes a data folder of a backup
          rewind-cursors FOLDER    moves cursors back that are ahead of their logs
          health                   asks the silo of this machine whether it is ready
        each of them tells more with --help; settings are in README.md
        """;

    private static readonly Dictionary<string, Func<string[], Task<int>>> Commands = new(StringComparer.Ordinal)
    {
        ["verify"] = VerifyCommand.RunAsync,
        ["backup"] = BackupCommand.RunAsync,
        ["restore"] = RestoreCommand.RunAsync,
        ["rewind-cursors"] = RewindCommand.RunAsync,
        ["health"] = HealthCommand.RunAsync,
    };

    public static IEnumerable<string> Names => Commands.Keys;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>Its exit code; null when the arguments name none.</returns>
    public static Task<int>? TryRun(string[] arguments)
    {
        if (arguments is ["--help" or "-h" or "help"])
        {
            Console.WriteLine(Usage);
            return Task.FromResult(ExitCodes.Done);
        }

        return arguments is [var name, .. var rest] && Commands.TryGetValue(name, out var run) ? run(rest) : null;
    }
}
