using System.CommandLine;
using Reflex.Cli.Output;
using Reflex.Cli.Streams;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cli.Events;

/// <summary><c>reflex stream</c>: follows a stream, or reads it to its head.</summary>
internal static class StreamCommand
{
    public static Command Create(CommandRunner runner)
    {
        var stream = StreamArguments.Stream();
        var after = StreamArguments.After();
        var partition = Options.Number("--partition", "Only this partition.", least: 0, most: Cursor.MaxPartitions - 1);
        var fromHead = new Option<bool>("--from-head") { Description = "Only events that are appended from now on." };
        var toHead = new Option<bool>("--to-head") { Description = "End when there are no more events, instead of waiting for them." };
        var lag = Options.Time("--lag", "Only events that are at least this old, such as 00:00:05.");
        var types = new Option<int[]>("--type")
        {
            Description = "Only events of this type; may be repeated.", DefaultValueFactory = _ => [],
        };
        var foreignIds = new Option<string[]>("--foreign-id")
        {
            Description = "Only events of this entity; may be repeated.", DefaultValueFactory = _ => [],
        };
        var limit = Options.Number("--limit", "End after so many events.", usual: long.MaxValue, least: 1, most: long.MaxValue);
        var output = Options.Path("--output", "Write JSON lines to this file, which must not exist.");
        var command = new Command("stream", "Prints a stream's events, and waits for more until it is interrupted.")
        {
            stream, after, partition, fromHead, toHead, lag, types, foreignIds, limit, output,
        };
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var source = client.GetStream(parsed.GetValue(stream));
            StreamFunc streaming = parsed.GetValue(partition) is { } one ? source.Partition((int)one) : source.StreamAsync;
            var options = new StreamOptions
            {
                FromHead = parsed.GetValue(fromHead),
                ToHead = parsed.GetValue(toHead),
                Lag = parsed.GetValue(lag) ?? TimeSpan.Zero,
                Types = parsed.GetValue(types) is { Length: > 0 } wanted ? Array.ConvertAll(wanted, type => new EventType(type)) : null,
                ForeignIds = parsed.GetValue(foreignIds) is { Length: > 0 } entities ? entities : null,
            };
            var path = parsed.GetValue(output);
            if (path == "-")
            {
                throw new FormatException("--output takes a new file; without it, events go to the standard output.");
            }

            await using var printer = EventPrinter.Create(terminal, path);
            var readerGone = path is null ? ReaderWatch.Begin() : CancellationToken.None;
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, readerGone);
            try
            {
                await PrintAsync(streaming(parsed.GetValue(after), options, ending.Token), printer, parsed.GetValue(limit));
            }
            catch (OperationCanceledException) when (readerGone.IsCancellationRequested)
            {
                throw new ReaderGoneException();
            }
            catch (Exception error) when (error is not (OperationCanceledException or StreamEndException))
            {
                printer.GiveUp();
                throw;
            }
        });
        return command;
    }

    private static async Task PrintAsync(IAsyncEnumerable<Event> events, EventPrinter printer, long limit)
    {
        await foreach (var e in events)
        {
            await printer.PrintAsync(e);
            if (--limit == 0)
            {
                return;
            }
        }
    }
}
