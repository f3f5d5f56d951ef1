using System.Net;
using System.Text.Json;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.AspNetCore.Tests.Http.Events;

public sealed class ServerSentEventsTests(Cluster cluster) : HttpTest(cluster)
{
    [Fact]
    public async Task Get_ToHead_SendsEveryEventAndEnds()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.Client.GetStream(stream).AppendAsync(
            new NewEvent(7, "é\"<") { Timestamp = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) }, Token);
        await Cluster.AppendAsync(stream, 2);

        using var response = await Server.OpenAsync($"/streams/{stream}/events?toHead=true");
        var text = await response.Content.ReadAsStringAsync(Token);

        var life = (await Cluster.Client.GetStream(stream).GetStatusAsync(Token)).Partitions[0].HeadEpoch.ToString("x");
        var (one, two) = ($"1@{life}", $"2@{life}");
        Assert.StartsWith(
            $$"""
            id: {{one}}
            data: {"id":"1","partition":0,"cursor":"{{one}}","type":7,"foreignId":"é\"<","timestamp":"2026-01-02T03:04:05Z","metadata":""}

            id: {{two}}
            data: {"id":"2","partition":0,"cursor":"{{two}}","type":1,"foreignId":"entity-1","timestamp":"
            """,
            text,
            StringComparison.Ordinal);
        Assert.EndsWith("\"metadata\":\"\"}\n\n", text, StringComparison.Ordinal);
        Assert.Equal(9, text.Count(c => c == '\n'));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Get_ToHeadOfEmptyStream_EndsAtOnce()
    {
        var stream = await Cluster.NewStreamAsync();
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events?toHead=true");

        Assert.Null(await events.ReadAsync());
    }

    [Fact]
    public async Task Get_AtTheHead_AnswersAtOnceAndSendsLaterEvents()
    {
        var stream = await Cluster.NewStreamAsync();
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events");

        await Cluster.AppendAsync(stream, 1);
        var first = await events.ReadEventAsync();
        await Cluster.AppendAsync(stream, 1);
        var second = await events.ReadEventAsync();

        Assert.Equal(["1", "2"], new[] { first, second }.Select(e => e.Text("id")));
    }

    [Theory]
    [InlineData("?after=3&toHead=true")]
    [InlineData("?after=3&partition=0&toHead=true")]
    public async Task Get_After_BeginsAfterTheCursor(string query)
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 5);
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events{query}");

        Assert.Equal(["4", "5"], (await events.ReadAllAsync()).Select(e => e.Ids));
    }

    [Fact]
    public async Task Get_WithLastEventId_ResumesThereWhateverTheQuerySays()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 5);
        using var events = await SseReader.OpenAsync(
            Server, $"/streams/{stream}/events?after=1&fromHead=true&toHead=true", lastEventId: "3");

        Assert.Equal(["4", "5"], (await events.ReadAllAsync()).Select(e => e.Ids));
    }

    [Fact]
    public async Task Get_EmptyLastEventId_IsNone()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 3);
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events?after=2&toHead=true", lastEventId: "");

        Assert.Equal(["3"], (await events.ReadAllAsync()).Select(e => e.Ids));
    }

    [Fact]
    public async Task Get_WholePartitionedStream_ResumesWithoutGapOrRepeatFromEveryId()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 3);
        var appended = await Cluster.AppendAsync(stream, 30);
        var expected = appended.Select(p => $"{p.Partition}/{p.Id}").Order().ToArray();

        for (var cut = 0; cut < 30; cut += 7)
        {
            var seen = new List<string>();
            using var before = await SseReader.OpenAsync(Server, $"/streams/{stream}/events");
            for (var i = 0; i < cut; i++)
            {
                seen.Add(Place(await before.ReadEventAsync()));
            }

            using var after = await SseReader.OpenAsync(Server, $"/streams/{stream}/events?toHead=true", before.LastId);
            seen.AddRange((await after.ReadAllAsync()).Select(e => Place(e.Data!.Value)));

            Assert.Equal(expected, seen.Order());
            Assert.Equal(3, Cursor.Parse(after.LastId!).Places);
        }
    }

    [Fact]
    public async Task Get_OnePartition_SendsOnlyItsEventsWithPlainIds()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 2);
        var appended = await Cluster.AppendAsync(stream, 20);
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events?partition=1&toHead=true");

        var sent = await events.ReadAllAsync();

        Assert.Equal(appended.Where(p => p.Partition == 1).Select(p => $"{p.Id}"), sent.Select(e => e.Ids));
        Assert.All(sent, e => Assert.Equal(1, e.Data!.Value.GetProperty("partition").GetInt32()));
        Assert.All(sent, e => Assert.Equal(e.Id, e.Data!.Value.Text("cursor")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Get_FromHead_TellsTheHeadAndSendsOnlyNewerEvents(int partitions)
    {
        var stream = await Cluster.NewStreamAsync(partitions);
        await Cluster.AppendAsync(stream, 3);
        var status = await Cluster.Client.GetStream(stream).GetStatusAsync(Token);
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events?fromHead=true");

        var place = await events.ReadAsync();
        var newest = await Cluster.Client.GetStream(stream).AppendAsync(new NewEvent(99, "new"), Token);
        var first = await events.ReadEventAsync();

        Assert.Equal(new SseBlock(Id: string.Join('.', status.Partitions.Select(partition => partition.HeadPlace))), place);
        Assert.Equal(99, first.GetProperty("type").GetInt32());
        Assert.Equal(newest.Id.ToString(), first.Text("id"));
    }

    [Fact]
    public async Task Get_LagToHead_LeavesOutEventsThatAreTooYoung()
    {
        var stream = await Cluster.NewStreamAsync();
        var source = Cluster.Client.GetStream(stream);
        await source.AppendAsync(new NewEvent(1, "old") { Timestamp = DateTimeOffset.UnixEpoch }, Token);
        await source.AppendAsync(new NewEvent(2, "young") { Timestamp = DateTimeOffset.MaxValue }, Token);
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events?lag=01:00:00&toHead=true");

        Assert.Equal(["1"], (await events.ReadAllAsync()).Select(e => e.Ids));
    }

    [Fact]
    public async Task Get_Lag_AnswersBeforeAnyEventIsOldEnough()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 1);

        using var response = await Server.OpenAsync($"/streams/{stream}/events?lag=10.00:00:00");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Get_ManyEvents_SendsAllInOrder()
    {
        const int Count = 50_000;
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, Count);
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events?toHead=true");

        var sent = await events.ReadAllAsync();

        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"{i}"), sent.Select(e => e.Ids));
        Assert.Equal(Enumerable.Range(1, Count), sent.Select(e => e.Data!.Value.GetProperty("type").GetInt32()));
    }

    [Fact]
    public async Task Get_ReadingFails_SendsAnErrorEventAndEnds()
    {
        var stream = await Cluster.NewStreamAsync();
        var faulty = Faults.Stream(stream);
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events");

        faulty.FailReads(new Reflex.Storage.LogCorruptedException("Events 3 to 5 are damaged."));
        var last = Assert.Single(await events.ReadAllAsync());

        Assert.Equal("error", last.Event);
        Answers.AssertProblem(last.Data!.Value, 500, "log-corrupted");
        Assert.StartsWith("Stored data is damaged", last.Data.Value.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ReadingFailsAfterGatheredEvents_SendsThemFirst()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 1);
        Faults.Stream(stream).BeforeFailure =
            [Event.Create(new EventId(1), new NewEvent(1, "a")), Event.Create(new EventId(2), new NewEvent(2, "b"))];
        Faults.Stream(stream).FailFirstRead = new Reflex.Storage.LogCorruptedException("Event 3 is damaged.");
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events");

        var blocks = await events.ReadAllAsync();

        Assert.Equal(["1", "2", null], blocks.Select(block => block.Id));
        Assert.Equal("error", blocks[^1].Event);
    }

    [Fact]
    public async Task Get_ReadingFailsUnexpectedly_TellsNothingOfTheReasonAndLogsIt()
    {
        var stream = await Cluster.NewStreamAsync();
        var faulty = Faults.Stream(stream);
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events");

        faulty.FailReads(new NotSupportedException("secret"));
        var last = Assert.Single(await events.ReadAllAsync());

        Answers.AssertProblem(last.Data!.Value, 500, "internal-error");
        Assert.DoesNotContain("secret", last.Data.Value.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("secret", Assert.Single(Server.Errors()), StringComparison.Ordinal);
    }

    private static string Place(JsonElement e) => $"{e.GetProperty("partition").GetInt32()}/{e.Text("id")}";
}
