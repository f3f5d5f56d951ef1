using System.CommandLine;
using System.Text.Json.Nodes;
using Reflex.Cli.Output;
using Reflex.Storage;
using Reflex.Storage.FileLog.Verifying;

namespace Reflex.Cli.Verifying;

/// <summary><c>reflex verify</c>: reads the logs of a data folder through. The silo's own <c>verify</c> looks at the cursors too.</summary>
internal static class VerifyCommand
{
    private const string CursorsLine = "Cursors and stream definitions were not verified: the silo's own verify does that, too.";

    public static Command Create(CommandRunner runner)
    {
        var folder = Options.Folder("folder", "A data folder that no silo uses; after -- one whose name begins with a dash.");
        var command = new Command(
            "verify",
            "Checks every checksum, id and index of a data folder's logs, and changes nothing; 1 on damage. It doesn't look at cursors: "
            + "the silo's own verify does.") { folder };
        runner.SetLocal(command, (parsed, terminal, cancellationToken) =>
            VerifyAsync(parsed.GetRequiredValue(folder), terminal, cancellationToken));
        return command;
    }

    private static async Task<int> VerifyAsync(string folder, Terminal terminal, CancellationToken cancellationToken)
    {
        var logs = new Listing("stream", "partition", "segments", "oldest", "head", "events", "bytes", "state");
        var findings = new Listing("partition", "damage", "finding");
        var progress = new ProgressLine(terminal);
        var (isDamaged, hasFindings, events) = (false, false, 0L);
        var notes = new List<string>();
        var verifier = new FileLogVerifier(folder);
        await foreach (var log in verifier.VerifyAsync(new Progress(progress, () => events), cancellationToken))
        {
            isDamaged |= log.IsDamaged;
            events += log.Events;
            notes.AddRange(log.Notes);
            var (stream, partition) = (log.Partition.Stream.Value, log.Partition.Index);
            logs.Add(stream, partition, log.Segments, log.Oldest.Value, log.Head.Value, log.Events, log.Bytes, StateOf(log));
            foreach (var finding in log.Findings)
            {
                hasFindings = true;
                findings.Add(log.Partition.ToString(), finding.IsDamage ? "yes" : "no", finding.Message);
            }
        }

        progress.Clear();
        notes.InsertRange(0, verifier.Notes);
        if (terminal.IsJson)
        {
            terminal.WriteJson(new JsonObject
            {
                ["logs"] = logs.ToJson(),
                ["findings"] = findings.ToJson(),
                ["notes"] = new JsonArray([.. notes.Select(note => JsonValue.Create(note))]),
                ["isDamaged"] = isDamaged,
                ["cursorsVerified"] = false,
            });
        }
        else
        {
            terminal.Write(logs);
            if (hasFindings)
            {
                terminal.Write(findings);
            }

            notes.ForEach(terminal.WriteLine);
            terminal.WriteLine(CursorsLine);
        }

        return isDamaged ? ExitCodes.Failed : ExitCodes.Done;
    }

    /// <summary>In the words of the silo's own <c>verify</c>.</summary>
    private static string StateOf(LogVerification log) =>
        log.MayBeOfMoments ? "MIXED" : log.IsDamaged ? "DAMAGED" : log.Findings.Count > 0 ? "repairable" : "sound";

    private sealed class Progress(ProgressLine line, Func<long> events) : IProgress<LogVerificationProgress>
    {
        public void Report(LogVerificationProgress value) =>
            line.Report($"{100 * value.Bytes / Math.Max(1, value.TotalBytes)} % of {value.TotalBytes / 1_000_000} MB", events());
    }
}
