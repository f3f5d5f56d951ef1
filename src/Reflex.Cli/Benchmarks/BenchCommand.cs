using System.CommandLine;
using Reflex.Cli.Output;
using Reflex.Cli.Streams;

namespace Reflex.Cli.Benchmarks;

/// <summary><c>reflex bench</c>: what a running cluster does, by the figures of the project's own benchmarks.</summary>
internal static class BenchCommand
{
    public static Command Create(CommandRunner runner) => new("bench", "Puts load on a running cluster, and prints what it did.")
    {
        Create(runner, "append", "Appends from callers that each wait for their own event: events/s, and how long.", Load.AppendAsync),
        Create(runner, "read", "Reads from the oldest event to the head: events/s.", Load.ReadAsync),
        Create(runner, "latency", "Appends 1000 events/s, and times each from its intended moment until it is received.", Load.PacedAsync),
    };

    private static Command Create(
        CommandRunner runner, string name, string description, Func<LoadPlan, Listing, CancellationToken, Task> run)
    {
        var stream = StreamArguments.Stream();
        stream.Description = "The stream; append and latency leave their events in it, so take one of its own.";
        var seconds = Options.Number("--seconds", "For how long.", usual: 10, least: 1, most: 86_400);
        var callers = Options.Number("--callers", "How many callers append at once.", usual: 64, least: 1, most: 100_000);
        var metadata = Options.Number(
            "--metadata-bytes", "How much metadata events have.", usual: 100, LoadPlan.MinMetadataBytes, most: 1_000_000);
        var command = new Command(name, description) { stream, seconds, callers, metadata };
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var figures = new Listing("figure", "value", "unit");
            var plan = new LoadPlan(
                client.GetStream(parsed.GetValue(stream)),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                (int)parsed.GetValue(callers),
                (int)parsed.GetValue(metadata),
                new ProgressLine(terminal));
            await run(plan, figures, cancellationToken);
            plan.Progress.Clear();
            terminal.Write(figures);
        });
        return command;
    }
}
