using System.CommandLine;
using System.Text.Json.Nodes;
using Reflex.Cli.Output;
using Reflex.Cli.Streams;
using Reflex.Consumers;

namespace Reflex.Cli.Consumers;

/// <summary><c>reflex consumers list|status|start|stop|retry|skip|set-cursor|remove</c>.</summary>
internal static class ConsumerCommands
{
    public static Command Create(CommandRunner runner) => new("consumers", "Looks at consumers, and controls them.")
    {
        CreateList(runner),
        CreateStatus(runner),
        CreateControl(runner, "start", "Runs a stopped consumer again.", "started", (control, token) => control.StartAsync(token)),
        CreateControl(
            runner, "stop", "Stops a consumer after its current event.", "stopped", (control, token) => control.StopAsync(token)),
        CreateControl(
            runner, "retry", "Lets a stuck consumer try again now.", "retried", (control, token) => control.RetryAsync(token)),
        CreateSkip(runner),
        CreateSetCursor(runner),
        CreateControl(
            runner, "remove", "Removes a consumer that the cluster doesn't run, with its cursors.", "removed",
            (control, token) => control.RemoveAsync(token)),
    };

    private static Command CreateList(CommandRunner runner)
    {
        var command = new Command("list", "Lists the consumers.");
        runner.Set(command, async (client, _, terminal, cancellationToken) =>
        {
            var listing = new Listing("stream", "consumer", "state", "lag events", "lag");
            foreach (var id in await client.ListConsumersAsync(cancellationToken))
            {
                var status = await client.GetConsumer(id.Stream, id.Name).GetStatusAsync(cancellationToken);
                listing.Add(id.Stream.Value, id.Name.Value, Text(status.State), status.LagEvents, status.Lag);
            }

            terminal.Write(listing);
        });
        return command;
    }

    private static Command CreateStatus(CommandRunner runner)
    {
        var (stream, consumer) = (StreamArguments.Stream(), StreamArguments.Consumer());
        var command = new Command("status", "Shows how far a consumer is on each partition, and why it is stuck.") { stream, consumer };
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var status = await client.GetConsumer(parsed.GetValue(stream), parsed.GetValue(consumer)).GetStatusAsync(cancellationToken);
            var listing = new Listing(
                "partition", "state", "cursor", "head", "lag events", "lag", "stuck on", "attempts", "since", "next retry", "error");
            foreach (var part in status.Partitions)
            {
                var fault = part.Fault;
                listing.Add(
                    part.Partition, Text(part.State), part.Cursor?.ToString(), part.Head.Value, part.LagEvents, part.Lag,
                    fault?.Event?.Value, fault?.Attempts, fault?.Since, fault?.NextRetry, fault?.Error);
            }

            terminal.Write(listing);
        });
        return command;
    }

    private static Command CreateControl(
        CommandRunner runner, string name, string description, string done, Func<IConsumerControl, CancellationToken, Task> act)
    {
        var (stream, consumer) = (StreamArguments.Stream(), StreamArguments.Consumer());
        var command = new Command(name, description) { stream, consumer };
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var control = client.GetConsumer(parsed.GetValue(stream), parsed.GetValue(consumer));
            await act(control, cancellationToken);
            Confirm(terminal, control.Id, done);
        });
        return command;
    }

    private static Command CreateSkip(CommandRunner runner)
    {
        var (stream, consumer) = (StreamArguments.Stream(), StreamArguments.Consumer());
        var id = StreamArguments.EventId("event", "The event to go past: the one after the cursor.");
        var partition = new Option<int>("--partition") { Description = "The event's partition." };
        var command = new Command("skip", "Goes past an event that a consumer can't handle.") { stream, consumer, id, partition };
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var control = client.GetConsumer(parsed.GetValue(stream), parsed.GetValue(consumer));
            await control.SkipAsync(parsed.GetValue(partition), parsed.GetValue(id), cancellationToken);
            Confirm(terminal, control.Id, "skipped");
        });
        return command;
    }

    private static Command CreateSetCursor(CommandRunner runner)
    {
        var (stream, consumer, cursor) = (StreamArguments.Stream(), StreamArguments.Consumer(), StreamArguments.Cursor());
        var command = new Command("set-cursor", "Moves a consumer's cursor, which may be backwards.") { stream, consumer, cursor };
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var control = client.GetConsumer(parsed.GetValue(stream), parsed.GetValue(consumer));
            await control.SetCursorAsync(parsed.GetValue(cursor), cancellationToken);
            Confirm(terminal, control.Id, "moved");
        });
        return command;
    }

    private static void Confirm(Terminal terminal, ConsumerId id, string done) => terminal.Write(
        $"The consumer '{id}' is {done}.",
        new JsonObject { ["stream"] = id.Stream.Value, ["consumer"] = id.Name.Value, ["done"] = done });

    private static string Text(ConsumerState state) => state.ToString().ToLowerInvariant();
}
