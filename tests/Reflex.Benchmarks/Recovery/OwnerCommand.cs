using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Recovery;

/// <summary>A process that opens a partition, says how long it took, and either closes it or appends until it is killed.</summary>
internal sealed class OwnerCommand
{
    private const string Name = "owner";
    private const int AppendsBeforeKill = 100;
    private const string WarmUpStream = "recovery-warm-up";

    private readonly Option<string> _data = new("--data") { Required = true };
    private readonly Option<string> _partition = new("--partition") { Required = true };
    private readonly Option<bool> _appends = new("--append");

    /// <summary>Opens a partition in a process of its own and closes it; answers how long the opening took.</summary>
    public static async Task<TimeSpan> OpenAsync(string data, PartitionId partition, CancellationToken cancellationToken)
    {
        using var process = Start(data, partition);
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return line is not null && process.ExitCode == 0
            ? new TimeSpan(long.Parse(line, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"{partition} was not opened: exit code {process.ExitCode}.");
    }

    /// <summary>Appends to a partition in a process of its own, and kills that in the middle of it.</summary>
    public static async Task AppendUntilKilledAsync(string data, PartitionId partition, CancellationToken cancellationToken)
    {
        using var process = Start(data, partition, "--append");
        for (var lines = 0; lines <= AppendsBeforeKill; lines++)
        {
            _ = await process.StandardOutput.ReadLineAsync(cancellationToken)
                ?? throw new InvalidOperationException($"The process that appends to {partition} ended by itself.");
        }

        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
    }

    public Command Create()
    {
        var command = new Command(Name, "Opens a partition; a scenario starts it by itself.") { _data, _partition, _appends };
        command.Hidden = true;
        command.SetAction(RunAsync);
        return command;
    }

    private static Process Start(string data, PartitionId partition, params string[] more)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        IEnumerable<string> arguments = [Name, "--data", data, "--partition", partition.ToString(), .. more];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var files = await StoredLogs.StartFilesAsync(parsed.GetRequiredValue(_data), Durability.Flushed, cancellationToken);
        await using (var warmUp = await files.OpenAsync(new PartitionId(WarmUpStream, 0), cancellationToken))
        {
            await Appending.FillAsync(new LogStream(warmUp), 1, cancellationToken);
        }

        await (await files.OpenAsync(new PartitionId(WarmUpStream, 0), cancellationToken)).DisposeAsync();

        var started = Stopwatch.GetTimestamp();
        await using var log = await files.OpenAsync(PartitionId.Parse(parsed.GetRequiredValue(_partition)), cancellationToken);
        Console.WriteLine(Stopwatch.GetElapsedTime(started).Ticks.ToString(CultureInfo.InvariantCulture));
        if (parsed.GetValue(_appends))
        {
            await AppendAsync(new LogStream(log));
        }
    }

    private static async Task AppendAsync(LogStream stream)
    {
        // Ends by itself when nobody kills it, so that a scenario that dies leaves nothing behind.
        for (var i = 0; i < 1_000_000; i++)
        {
            await stream.AppendAsync([.. Enumerable.Range(0, 64).Select(n => Workload.Event(n))]);
            Console.WriteLine(i.ToString(CultureInfo.InvariantCulture));
        }
    }
}
