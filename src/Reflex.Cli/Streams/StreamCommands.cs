using System.CommandLine;
using System.Text.Json.Nodes;
using Reflex.Cli.Output;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.Cli.Streams;

/// <summary><c>reflex streams list|create|describe</c>.</summary>
internal static class StreamCommands
{
    public static Command Create(CommandRunner runner) => new("streams", "Lists, creates and describes streams.")
    {
        CreateList(runner), CreateCreate(runner), CreateDescribe(runner),
    };

    private static Command CreateList(CommandRunner runner)
    {
        var command = new Command("list", "Lists the streams.");
        runner.Set(command, async (client, _, terminal, cancellationToken) =>
        {
            var listing = new Listing("stream", "partitions", "retention");
            foreach (var definition in await client.ListStreamsAsync(cancellationToken))
            {
                listing.Add(definition.Name.Value, definition.Partitions, definition.Retention.ToString());
            }

            terminal.Write(listing);
        });
        return command;
    }

    private static Command CreateCreate(CommandRunner runner)
    {
        var name = StreamArguments.Stream();
        var partitions = Options.Number(
            "--partitions", "How many partitions it has, for good.", usual: 1, least: 1, most: Cursor.MaxPartitions);
        var maxAge = Options.Time("--max-age", "How long events are kept, such as 7.00:00:00; without it, whatever their age.");
        var maxBytes = Options.Number(
            "--max-bytes",
            "How large each partition may become before its oldest events go; without it, without a limit.",
            least: 1,
            most: long.MaxValue);
        var command = new Command("create", "Creates a stream; one that exists exactly so is left as it is.")
        {
            name, partitions, maxAge, maxBytes,
        };
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var definition = new StreamDefinition(
                parsed.GetValue(name),
                (int)parsed.GetValue(partitions),
                new Retention { MaxAge = parsed.GetValue(maxAge), MaxBytes = parsed.GetValue(maxBytes) });
            var created = await client.DefineStreamAsync(definition, cancellationToken);
            terminal.Write(
                created ? $"Created the stream '{definition.Name}'." : $"The stream '{definition.Name}' exists already, exactly so.",
                new JsonObject { ["stream"] = definition.Name.Value, ["created"] = created });
        });
        return command;
    }

    private static Command CreateDescribe(CommandRunner runner)
    {
        var name = StreamArguments.Stream();
        var command = new Command("describe", "Shows what each partition of a stream holds.") { name };
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var status = await client.GetStream(parsed.GetValue(name)).GetStatusAsync(cancellationToken);
            var listing = new Listing("partition", "oldest", "head", "events", "bytes");
            foreach (var partition in status.Partitions)
            {
                var events = partition.Head.Value - partition.Oldest.Value + 1;
                listing.Add(partition.Partition, partition.Oldest.Value, partition.Head.Value, events, partition.Bytes);
            }

            if (!terminal.IsJson)
            {
                terminal.Write(listing);
                return;
            }

            terminal.WriteJson(new JsonObject
            {
                ["stream"] = status.Definition.Name.Value,
                ["retention"] = status.Definition.Retention.ToString(),
                ["partitions"] = listing.ToJson(),
            });
        });
        return command;
    }
}
