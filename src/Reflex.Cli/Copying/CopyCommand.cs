using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Reflex.Cli.Output;
using Reflex.Copying;
using Reflex.Copying.Places;
using Reflex.Storage;
using Reflex.Verifying;

namespace Reflex.Cli.Copying;

/// <summary><c>reflex copy</c>: brings all that a cluster keeps from one storage to another.</summary>
internal static class CopyCommand
{
    private const string Kinds = "a data folder, or a PostgreSQL such as 'Host=db;Database=reflex' (the password better in PGPASSWORD)";

    public static Command Create(CommandRunner runner)
    {
        var from = new Option<string>("--from")
        {
            Description = $"What is copied: {Kinds}. No silo uses it, unless with --follow.", Required = true,
        };
        var to = new Option<string>("--to") { Description = $"Where to: {Kinds}. Empty, or what this has begun.", Required = true };
        var fromSchema = Schema("--from-schema");
        var toSchema = Schema("--to-schema");
        var verify = new Option<bool>("--verify")
        {
            Description = "Whether both are read at the end, and compared.", DefaultValueFactory = _ => true,
        };
        var follow = new Option<bool>("--follow")
        {
            Description = "Copies while silos use the source, says when to stop them, and copies what is left then.",
        };
        var command = new Command(
            "copy",
            "Copies events, cursors and definitions to another storage, where silos go on as if nothing had happened; run again, it goes "
            + "on where it was interrupted. 1 when something is damaged, 2 when it can't be done so.")
        {
            from, to, fromSchema, toSchema, verify, follow,
        };
        runner.SetLocal(command, (parsed, terminal, cancellationToken) => CopyAsync(
            StoragePlace.Parse(parsed.GetRequiredValue(from), parsed.GetValue(fromSchema)),
            StoragePlace.Parse(parsed.GetRequiredValue(to), parsed.GetValue(toSchema)),
            parsed.GetValue(verify),
            parsed.GetValue(follow),
            terminal,
            cancellationToken));
        return command;
    }

    private static Option<string?> Schema(string name) => new(name) { Description = "The schema of the PostgreSQL, if it isn't reflex." };

    private static async Task<int> CopyAsync(
        StoragePlace from, StoragePlace to, bool isVerified, bool isFollowing, Terminal terminal, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var progress = Terminal.IsProgressShown ? new VerificationProgressLine(terminal.WriteProgress) : null;
        try
        {
            var copy = isFollowing
                ? StorageCopy.FollowAsync(from, to, TellCaughtUp, TimeProvider.System, isVerified, progress, cancellationToken)
                : StorageCopy.RunAsync(from, to, isVerified, progress, cancellationToken);
            var report = await copy;
            progress?.Clear();
            terminal.Write(Tell(report, TimeProvider.System.GetElapsedTime(started)), ToJson(report));
            return ExitCodes.Done;
        }
        catch (StorageRefusedException error)
        {
            progress?.Clear();
            await terminal.WriteErrorAsync(error.Message);
            return ExitCodes.Misused;
        }
        catch
        {
            progress?.Clear();
            throw;
        }

        void TellCaughtUp()
        {
            progress?.Clear();
            terminal.WriteNote("All but the newest events are copied: stop the silos of the source now, and the rest follows.");
        }
    }

    private static string Tell(CopyReport report, TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"Copied {report.Events} events of {report.Partitions} partitions ({report.Imported} of them now), {report.Records} records of "
        + $"state and what is left of {report.Deleted} deleted logs, {report.Bytes} bytes in {elapsed.TotalSeconds:0.00} s, "
        + $"{(report.IsVerified ? "read again and found the same" : "not verified")}."
        + $"{(report.HasState ? "" : " The source has no cursors and definitions beside its logs: they are stored elsewhere, or lost.")}");

    private static JsonObject ToJson(CopyReport report) => new()
    {
        ["partitions"] = report.Partitions,
        ["deleted"] = report.Deleted,
        ["events"] = report.Events,
        ["imported"] = report.Imported,
        ["bytes"] = report.Bytes,
        ["records"] = report.Records,
        ["isVerified"] = report.IsVerified,
        ["hasState"] = report.HasState,
    };
}
