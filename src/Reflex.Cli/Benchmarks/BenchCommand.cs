using System.CommandLine;
using Reflex.Cli.Output;
using Reflex.Cli.Streams;

namespace Reflex.Cli.Benchmarks;

/// <summary><c>reflex bench</c>: what a running cluster does, by the figures of the project's own benchmarks.</summary>
internal static class BenchCommand
{
    private const int MaxCallers = 100_000;

    public static Command Create(CommandRunner runner) => new("bench", "Puts load on a running cluster, and prints what it did.")
    {
        Create(runner, "append", "Appends from callers that each wait for their own event: events/s, and how long they waited.", Load.AppendAsync),
        Create(runner, "read", "Reads from the oldest event to the head: events/s.", Load.ReadAsync),
        Create(runner, "latency", "Appends 1000 events/s, and times each from its intended moment until it is received.", Load.PacedAsync),
    };

    private static Command Create(
        CommandRunner runner, string name, string description, Func<LoadPlan, Listing, CancellationToken, Task> run)
    {
        var stream = StreamArguments.Stream();
        stream.Description = "The stream; append and latency leave their events in it, so take one of its own.";
        var seconds = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 10 };
        var callers = new Option<int>("--callers") { Description = "How many callers append at once.", DefaultValueFactory = _ => 64 };
        var metadata = new Option<int>("--metadata-bytes") { Description = "How much metadata events have.", DefaultValueFactory = _ => 100 };
        var command = new Command(name, description) { stream, seconds, callers, metadata };
        command.Validators.Add(result =>
        {
            if (result.GetValue(seconds) is < 1 or > 86_400 || result.GetValue(callers) is < 1 or > MaxCallers
                || result.GetValue(metadata) is < LoadPlan.MinMetadataBytes or > 1_000_000)
            {
                result.AddError(
                    $"--seconds is from 1 to 86400, --callers from 1 to {MaxCallers}, and --metadata-bytes from "
                    + $"{LoadPlan.MinMetadataBytes} to 1000000.");
            }
        });
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var figures = new Listing("figure", "value", "unit");
            var plan = new LoadPlan(
                client.GetStream(parsed.GetValue(stream)),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(callers),
                parsed.GetValue(metadata),
                new ProgressLine(terminal));
            await run(plan, figures, cancellationToken);
            plan.Progress.Clear();
            terminal.Write(figures);
        });
        return command;
    }
}
