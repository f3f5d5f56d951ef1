using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Reflex.Cli.Output;
using Reflex.Cli.Streams;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cli.Events;

/// <summary><c>reflex append</c>: an event from the arguments, or many from NDJSON.</summary>
internal static class AppendCommand
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Command Create(CommandRunner runner)
    {
        var stream = StreamArguments.Stream();
        var type = Options.Number(
            "--type", "What happened: a value of the application's enumeration.", least: int.MinValue, most: int.MaxValue);
        var foreignId = new Option<string?>("--foreign-id") { Description = "Which entity it happened to." };
        var metadata = new Option<string?>("--metadata") { Description = "A little more about it, as text." };
        var timestamp = Options.Moment("--timestamp", "When it happened, such as 2026-01-02T03:04:05Z; without it, now.");
        var file = Options.Path(
            "--file", "A file of events, one JSON object a line as POST /streams/NAME/events takes them; - for what is piped in.");
        var command = new Command("append", "Appends an event, or a file of them.") { stream, type, foreignId, metadata, timestamp, file };
        command.Validators.Add(result =>
        {
            var (isFile, hasType, hasForeignId) =
                (result.GetResult(file) is not null, result.GetResult(type) is not null, result.GetResult(foreignId) is not null);
            if (isFile == (hasType || hasForeignId))
            {
                result.AddError("Give one event by --type and --foreign-id, or many by --file.");
            }
            else if (!isFile && !(hasType && hasForeignId))
            {
                result.AddError("An event needs both --type and --foreign-id.");
            }
        });
        runner.Set(command, async (client, parsed, terminal, cancellationToken) =>
        {
            var target = client.GetStream(parsed.GetValue(stream));
            if (parsed.GetValue(file) is { } path)
            {
                await using var lines = path == "-" ? runner.Input : Open(path);
                await AppendFileAsync(target, lines, terminal, cancellationToken);
                return;
            }

            var e = new NewEvent((int)parsed.GetValue(type)!.Value, parsed.GetValue(foreignId)!)
            {
                Metadata = Encode(parsed.GetValue(metadata) ?? ""),
                Timestamp = parsed.GetValue(timestamp),
            };
            var position = await target.AppendAsync(e, cancellationToken);
            terminal.Write(
                $"Appended {position.Partition}/{position.Id}.",
                new JsonObject { ["partition"] = position.Partition, ["id"] = position.Id.Value });
        });
        return command;
    }

    private static FileStream Open(string path) => Directory.Exists(path)
        ? throw new IOException($"'{path}' is a folder; --file takes a file of events.")
        : File.OpenRead(path);

    private static byte[] Encode(string metadata)
    {
        try
        {
            return Utf8.GetBytes(metadata);
        }
        catch (EncoderFallbackException error)
        {
            throw new FormatException("--metadata is not text: it holds half a surrogate pair.", error);
        }
    }

    private static async Task AppendFileAsync(
        IEventStream stream, Stream lines, Terminal terminal, CancellationToken cancellationToken)
    {
        var appending = new FileAppend(stream, lines.CanSeek ? lines.Length : null, terminal);
        await appending.RunAsync(lines, cancellationToken);
        terminal.Write(
            $"Appended {appending.Appended} events to '{stream.Name}'.",
            new JsonObject { ["stream"] = stream.Name.Value, ["appended"] = appending.Appended });
    }
}
