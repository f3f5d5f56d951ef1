using System.Globalization;
using Reflex.Storage;

namespace Reflex.Silo.Verifying;

/// <summary>The command <c>verify FOLDER</c>: verifies a data folder that no silo uses, and changes nothing in it.</summary>
internal static class VerifyCommand
{
    public const string Name = "verify";

    private const int Sound = 0;
    private const int Damaged = 1;
    private const int Misused = 2;

    private const string Usage =
        """
        verify FOLDER
          reads a data folder through and prints what it holds and what is damaged; changes nothing
          ends with 0 when the folder is sound, 1 when something is damaged, 2 when it can't be verified
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    /// <param name="createVerifier">Makes the verifier of a folder.</param>
    /// <param name="verifyState">Verifies the database in a folder; answers what is damaged, or null.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] arguments, Func<string, IEventLogVerifier> createVerifier, Func<string, string?> verifyState)
    {
        if (arguments is ["--help" or "-h"])
        {
            Console.WriteLine(Usage);
            return Sound;
        }

        if (arguments is not [{ Length: > 0 } folder] || folder[0] == '-')
        {
            await Console.Error.WriteLineAsync(Usage);
            return Misused;
        }

        using var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stopping.Cancel();
        };
        try
        {
            return await VerifyAsync(createVerifier(folder), () => verifyState(folder), stopping.Token);
        }
        catch (Exception error) when (error is ReflexException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Reflex can't verify: {error.Message.ReplaceLineEndings(" ")}");
            return Misused;
        }
    }

    private static async Task<int> VerifyAsync(IEventLogVerifier verifier, Func<string?> verifyState, CancellationToken stopping)
    {
        var table = new VerifyTable();
        var progress = new ProgressLine();
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            await foreach (var partition in verifier.VerifyAsync(progress, stopping))
            {
                table.Add(partition);
            }
        }
        finally
        {
            progress.Clear();
        }

        var elapsed = TimeProvider.System.GetElapsedTime(started);
        Console.Write(table.Text());
        var stateDamage = verifyState();
        if (stateDamage is not null)
        {
            Console.WriteLine($"damage: {stateDamage}");
        }

        var isSound = !table.IsDamaged && stateDamage is null;
        var rate = table.Bytes / 1e6 / Math.Max(elapsed.TotalSeconds, 0.001);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(isSound ? "Sound" : "DAMAGED")}: {table.Events} events of {table.Partitions} partitions, {table.Bytes} bytes read in " +
            $"{elapsed.TotalSeconds:0.00} s ({rate:0} MB/s)."));
        return isSound ? Sound : Damaged;
    }
}
