using Reflex.Storage;

namespace Reflex.Silo.Running;

/// <summary>Refuses to run in a process that may have too few files open, which its runtime would end somewhere on the way.</summary>
internal static class OpenFiles
{
    /// <summary>How many the process may have, if that is too few.</summary>
    public static int? TooFew() => OpenFileLimit.OfTheProcess < OpenFileLimit.OfTheRuntime ? OpenFileLimit.OfTheProcess : null;

    /// <summary>Says so; answers the exit code, which is another for a command than for a start.</summary>
    public static int Refuse(string[] arguments, int limit)
    {
        Console.Error.WriteLine(
            $"Reflex can't start: this process may have {limit} files open and needs at least {OpenFileLimit.OfTheRuntime}: "
            + "raise the limit (ulimit -n).");
        return arguments is [] or [['-', ..], ..] ? 1 : 2;
    }
}
