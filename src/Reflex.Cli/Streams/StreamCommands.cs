using System.CommandLine;
using System.Text.Json.Nodes;
using Reflex.Cli.Output;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.Cli.Streams;

/// <summary><c>reflex streams list|create|describe|set-retention|delete</c>.</summary>
internal static class StreamCommands
{
    // A page of the cluster's list.
    private const int PageSize = 1000;

    public static Command Create(CommandRunner runner) => new("streams", "Lists, creates, describes, changes and deletes streams.")
    {
        CreateList(runner), CreateCreate(runner), CreateDescribe(runner), CreateSetRetention(runner), CreateDelete(runner),
    };

    private static Command CreateList(CommandRunner runner)
    {
        var command = new Command("list", "Lists the streams.");
        runner.Set(command, async (client, _, terminal, cancellationToken) =>
        {
            var listing = new Listing("stream", "partitions", "retention");
            for (StreamName? after = null; ;)
            {
                var page = await client.ListStreamsAsync(after, PageSize, cancellationToken);
                foreach (var definition in page)
                {
                    listing.Add(definition.Name.Value, definition.Partitions, definition.Retention.ToString());
                    after = definition.Name;
                }

                if (page.Count < PageSize)
                {
                    break;
                }
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
        var (maxAge, maxBytes) = (MaxAge(), MaxBytes());
        var command = new Command("create", "Creates a stream; one that exists is left as it is.")
        {
            name, partitions, maxAge, maxBytes,
        };
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var wanted = new Retention { MaxAge = parsed.GetValue(maxAge), MaxBytes = parsed.GetValue(maxBytes) };
            var definition = new StreamDefinition(parsed.GetValue(name), (int)parsed.GetValue(partitions), wanted)
            {
                KeepsStoredRetention = true,
            };
            var created = await client.DefineStreamAsync(definition, cancellationToken);
            var text = $"Created the stream '{definition.Name}'.";
            if (!created)
            {
                var stored = (await client.GetStream(definition.Name).GetStatusAsync(cancellationToken)).Definition.Retention;
                text = stored == wanted || wanted == Retention.Forever
                    ? $"The stream '{definition.Name}' exists already; its retention is {stored}."
                    : $"The stream '{definition.Name}' exists already, and its retention is {stored}: "
                        + "change it with reflex streams set-retention.";
            }

            terminal.Write(text, new JsonObject { ["stream"] = definition.Name.Value, ["created"] = created });
        });
        return command;
    }

    private static Command CreateSetRetention(CommandRunner runner)
    {
        var name = StreamArguments.Stream();
        var (maxAge, maxBytes) = (MaxAge(), MaxBytes());
        var forever = new Option<bool>("--forever") { Description = "Keeps every event." };
        var command = new Command("set-retention", "Changes how long a stream keeps its events.") { name, maxAge, maxBytes, forever };
        command.Validators.Add(result =>
        {
            var limits = (result.GetResult(maxAge) is null ? 0 : 1) + (result.GetResult(maxBytes) is null ? 0 : 1);
            if (result.GetValue(forever) == limits > 0)
            {
                result.AddError("Say how long: --max-age, --max-bytes or both, or --forever without them.");
            }
        });
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var stream = parsed.GetValue(name);
            var stored = (await client.GetStream(stream).GetStatusAsync(cancellationToken)).Definition;
            var retention = new Retention { MaxAge = parsed.GetValue(maxAge), MaxBytes = parsed.GetValue(maxBytes) };
            await client.DefineStreamAsync(new StreamDefinition(stream, stored.Partitions, retention), cancellationToken);
            terminal.Write(
                $"The retention of the stream '{stream}' is {retention}, where it was {stored.Retention}.",
                new JsonObject { ["stream"] = stream.Value, ["retention"] = retention.ToString() });
        });
        return command;
    }

    private static Command CreateDelete(CommandRunner runner)
    {
        var name = StreamArguments.Stream();
        var sure = new Option<bool>("--yes") { Description = "Says that it is meant: nothing brings the events back." };
        var command = new Command("delete", "Deletes a stream, with all its events and its consumers' cursors.") { name, sure };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(sure))
            {
                result.AddError("All events of the stream would be deleted for good: add --yes if that is meant.");
            }
        });
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var stream = parsed.GetValue(name);
            if (!await client.DeleteStreamAsync(stream, cancellationToken))
            {
                // Tells which there are instead.
                await client.GetStream(stream).GetStatusAsync(cancellationToken);
            }

            terminal.Write(
                $"Deleted the stream '{stream}'.", new JsonObject { ["stream"] = stream.Value, ["deleted"] = true });
        });
        return command;
    }

    private static Option<TimeSpan?> MaxAge() =>
        Options.Time("--max-age", "How long events are kept, such as 7.00:00:00; without it, whatever their age.");

    private static Option<long?> MaxBytes() => Options.Number(
        "--max-bytes",
        "How large each partition may become before its oldest events go; without it, without a limit.",
        least: 1,
        most: long.MaxValue);

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
