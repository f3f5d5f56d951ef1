using System.Globalization;
using System.Text.Json;
using Reflex.Cli.Tests.Support;

namespace Reflex.Cli.Tests;

public sealed class StreamTests(SiloFixture silo)
{
    [Fact]
    public async Task Streams_Created_AreListedAndDescribed()
    {
        var created = await silo.RunAsync("streams", "create", "described", "--partitions", "3", "--max-age", "7.00:00:00");
        var again = await silo.RunAsync("streams", "create", "described", "--partitions", "3", "--max-age", "7.00:00:00");
        var other = await silo.RunAsync("streams", "create", "described", "--partitions", "4");

        Assert.Contains("Created the stream 'described'", created.Done(), StringComparison.Ordinal);
        Assert.Contains("exists already", again.Done(), StringComparison.Ordinal);
        Assert.Contains("described", other.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
        Assert.Contains("described", (await silo.RunAsync("streams", "list")).Done(), StringComparison.Ordinal);
        var json = JsonElement.Parse((await silo.RunAsync("streams", "describe", "described", "--json")).Done());
        Assert.Equal("described", json.GetProperty("stream").GetString());
        Assert.Equal([0, 1, 2], json.GetProperty("partitions").EnumerateArray().Select(p => p.GetProperty("partition").GetInt32()));
    }

    [Fact]
    public async Task SetRetention_OfAStream_ChangesItWhereCreateOnlySaysHow()
    {
        var stream = await silo.CreateStreamAsync();

        var changed = await silo.RunAsync("streams", "set-retention", stream, "--max-bytes", "1000");
        var created = await silo.RunAsync("streams", "create", stream, "--max-age", "1.00:00:00");
        var forever = await silo.RunAsync("streams", "set-retention", stream, "--forever");
        var nothing = await silo.RunAsync("streams", "set-retention", stream);
        var both = await silo.RunAsync("streams", "set-retention", stream, "--forever", "--max-bytes", "1");

        const string Limited = "at most 1000 bytes a partition";
        Assert.Contains(
            $"The retention of the stream '{stream}' is {Limited}, where it was forever.", changed.Done(), StringComparison.Ordinal);
        Assert.Contains(
            $"its retention is {Limited}: change it with reflex streams set-retention", created.Done(), StringComparison.Ordinal);
        Assert.Contains($"is forever, where it was {Limited}", forever.Done(), StringComparison.Ordinal);
        Assert.Contains("Say how long", nothing.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
        Assert.Contains("Say how long", both.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_Stream_WantsToBeSureAndThenItIsGone()
    {
        var stream = await silo.CreateStreamAsync();

        var unsure = await silo.RunAsync("streams", "delete", stream);
        var deleted = await silo.RunAsync("streams", "delete", stream, "--yes");
        var again = await silo.RunAsync("streams", "delete", stream, "--yes");

        Assert.Contains("add --yes", unsure.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
        Assert.Contains($"Deleted the stream '{stream}'.", deleted.Done(), StringComparison.Ordinal);
        Assert.Contains($"There is no stream '{stream}'", again.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_UnknownStream_SaysWhichThereAre()
    {
        var tool = await silo.RunAsync("streams", "describe", "nowhere");

        Assert.Contains("demo", tool.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "9223372036854775807", "--to-head")]
    [InlineData("1", "9223372036854775807", "--partition", "0")]
    [InlineData("2", ".9223372036854775807", "--to-head")]
    public async Task Stream_AfterTheLargestNumber_IsAheadOfTheHead(string partitions, string cursor, params string[] options)
    {
        var stream = await silo.CreateStreamAsync(int.Parse(partitions, CultureInfo.InvariantCulture));

        var tool = await silo.RunAsync(["stream", stream, "--after", cursor, .. options]);

        Assert.Contains(
            $"The cursor 9223372036854775807 of {stream}/", tool.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
        Assert.Contains("is ahead of its head 0", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_OneEvent_IsStreamedAsAppended()
    {
        var stream = await silo.CreateStreamAsync();

        var appended = await silo.RunAsync(
            "append", stream, "--type", "7", "--foreign-id", "order-42", "--metadata", "paid", "--timestamp", "2026-01-02T03:04:05Z");

        Assert.Equal("Appended 0/1.\n", appended.Done());
        var lines = Lines(await silo.RunAsync("stream", stream, "--to-head", "--json"));
        Assert.EndsWith(
            ""","type":7,"foreignId":"order-42","timestamp":"2026-01-02T03:04:05Z","metadata":"paid"}""",
            Assert.Single(lines),
            StringComparison.Ordinal);
        var table = (await silo.RunAsync("stream", stream, "--to-head")).Done();
        Assert.Matches(@"^1@[0-9a-f]+ +2026-01-02 03:04:05\.000 +7 order-42 +paid\n$", table);
    }

    [Fact]
    public async Task Append_PipedLines_AreStreamedAfterACursorAndIntoAFile()
    {
        var stream = await silo.CreateStreamAsync(partitions: 2);
        var lines = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{{\"type\":{i},\"foreignId\":\"{i % 7}\"}}\n"));
        var file = Path.Combine(Directory.CreateTempSubdirectory("reflex-tool-").FullName, "events.ndjson");

        var appended = await silo.PipeAsync(lines, "append", stream, "--file", "-", "--json");
        var saved = await silo.RunAsync("stream", stream, "--to-head", "--output", file);

        Assert.Equal(5_000, JsonElement.Parse(appended.Done()).GetProperty("appended").GetInt32());
        saved.Done();
        var events = File.ReadLines(file).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(Enumerable.Range(0, 5_000), events.Select(Type).Order());
        Assert.All(events.GroupBy(e => e.GetProperty("partition").GetInt32()), e => Assert.Equal(e.Select(Type).Order(), e.Select(Type)));
        var after = events[4_000].GetProperty("cursor").GetString()!;
        Assert.Equal(999, Lines(await silo.RunAsync("stream", stream, "--after", after, "--to-head", "--json")).Length);
        Assert.Equal(10, Lines(await silo.RunAsync("stream", stream, "--limit", "10", "--json")).Length);
        var again = await silo.RunAsync("stream", stream, "--output", file);
        Assert.Contains("exists", again.Sentence(ExitCodes.Failed), StringComparison.Ordinal);

        static int Type(JsonElement e) => e.GetProperty("type").GetInt32();
    }

    [Fact]
    public async Task Append_ABadLine_IsNamedAndWhatIsBeforeItIsAppended()
    {
        var stream = await silo.CreateStreamAsync();

        var tool = await silo.PipeAsync("{\"type\":1,\"foreignId\":\"a\"}\n\n{\"type\":1}\n", "append", stream, "--file", "-");

        Assert.Contains("Line 3 is not an event: it has no 'foreignId'", tool.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
        Assert.Single(Lines(await silo.RunAsync("stream", stream, "--to-head", "--json")));
    }

    [Theory]
    [InlineData("append", "append, 8 callers waiting")]
    [InlineData("latency", "append to reception, 1000 events/s, p50")]
    public async Task Bench_OfAStream_PrintsItsFigures(string bench, string figure)
    {
        var stream = await silo.CreateStreamAsync();

        var measured = (await silo.RunAsync("bench", bench, stream, "--seconds", "1", "--callers", "8", "--json")).Done();

        var first = JsonElement.Parse(measured)[0];
        Assert.Equal(figure, first.GetProperty("figure").GetString());
        Assert.True(first.GetProperty("value").GetInt64() > 0);
        var read = JsonElement.Parse((await silo.RunAsync("bench", "read", stream, "--json")).Done());
        Assert.True(read[1].GetProperty("value").GetInt64() > 0);
    }

    private static string[] Lines(Tool tool) => tool.Done().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task Stream_SomeEvents_PrintsThose()
    {
        var stream = await silo.CreateStreamAsync();
        foreach (var (type, foreignId) in new[] { ("1", "a"), ("2", "b"), ("2", "a"), ("3", "a") })
        {
            (await silo.RunAsync("append", stream, "--type", type, "--foreign-id", foreignId)).Done();
        }

        var some = await silo.RunAsync("stream", stream, "--to-head", "--type", "2", "--type", "3", "--foreign-id", "a", "--json");
        var bad = await silo.RunAsync("stream", stream, "--to-head", "--type", "paid");

        var lines = some.Done().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["3", "4"], lines.Select(line => JsonElement.Parse(line).GetProperty("id").GetString()));
        Assert.Contains("paid", bad.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
    }
}
