using Reflex.Silo.Copying;
using Reflex.Silo.Repairing;
using Reflex.Silo.Verifying;

namespace Reflex.Silo.Commands;

/// <summary>What the program does instead of running a silo, by its first argument.</summary>
internal static class SiloCommands
{
    /// <summary>Runs the command that the arguments name.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>Its exit code; null when the arguments name none.</returns>
    public static Task<int>? TryRun(string[] arguments) => arguments switch
    {
        ["verify", .. var rest] => VerifyCommand.RunAsync(rest),
        ["backup", .. var rest] => BackupCommand.RunAsync(rest),
        ["restore", .. var rest] => RestoreCommand.RunAsync(rest),
        ["rewind-cursors", .. var rest] => RewindCommand.RunAsync(rest),
        _ => null,
    };
}
