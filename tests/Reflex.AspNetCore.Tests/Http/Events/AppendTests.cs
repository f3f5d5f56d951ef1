using System.Diagnostics;
using System.Net;
using System.Text;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Http.Events;

public sealed class AppendTests(Cluster cluster) : HttpTest(cluster)
{
    private const string Ndjson = "application/x-ndjson";
    private const string Line = "{\"type\":1,\"foreignId\":\"a\"}\n";

    [Fact]
    public async Task Post_OneEvent_Answers201WithItsPlace()
    {
        var stream = await Cluster.NewStreamAsync();

        var first = await Server.PostAsync(
            $"/streams/{stream}/events", """{"type":7,"foreignId":"42","timestamp":"2026-01-02T03:04:05.5+01:00"}""");
        var second = await Server.PostAsync(
            $"/streams/{stream}/events", """{"type":8,"foreignId":"é"}""", "application/json; charset=utf-8");

        Assert.Equal("""{"id":"1","partition":0}""", (await first.JsonAsync(HttpStatusCode.Created)).GetRawText());
        Assert.Equal("""{"id":"2","partition":0}""", (await second.JsonAsync(HttpStatusCode.Created)).GetRawText());
        var events = await ReadAsync(stream);
        Assert.Equal([7, 8], events.Select(e => e.Type.Value));
        Assert.Equal(["42", "é"], events.Select(e => e.ForeignId));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 2, 4, 5, 500, TimeSpan.Zero), events[0].Timestamp);
        Assert.True(events[1].Timestamp > events[0].Timestamp.AddDays(-1), "An event without a timestamp gets the time of its append.");
    }

    [Fact]
    public async Task Post_SeveralPartitions_AnswersThePartitionOfTheForeignId()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 4);
        var expected = Partitioning.PartitionOf("user-3", 4);

        var answer = await Server.PostAsync($"/streams/{stream}/events", """{"type":1,"foreignId":"user-3"}""");

        Assert.Equal(expected, (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("partition").GetInt32());
    }

    [Fact]
    public async Task Post_Lines_AnswersWhereTheyStand()
    {
        var stream = await Cluster.NewStreamAsync();

        var answer = await Server.PostAsync(
            $"/streams/{stream}/events",
            "{\"type\":1,\"foreignId\":\"a\"}\n\r\n  {\"type\":2,\"foreignId\":\"b\"}\r\n{\"type\":3,\"foreignId\":\"c\"}",
            Ndjson);

        Assert.Equal(
            """{"count":3,"partitions":[{"partition":0,"firstId":"1","lastId":"3"}]}""",
            (await answer.JsonAsync(HttpStatusCode.Created)).GetRawText());
        Assert.Equal([1, 2, 3], (await ReadAsync(stream)).Select(e => e.Type.Value));
    }

    [Fact]
    public async Task Post_LinesToSeveralPartitions_AnswersEachPartitionsRange()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 3);
        var ids = Enumerable.Range(0, 30).Select(i => $"user-{i}").ToArray();
        var counts = ids.CountBy(id => Partitioning.PartitionOf(id, 3)).OrderBy(p => p.Key).ToArray();

        var answer = await Server.PostAsync(
            $"/streams/{stream}/events", string.Concat(ids.Select(id => $"{{\"type\":1,\"foreignId\":\"{id}\"}}\n")), Ndjson);

        var json = await answer.JsonAsync(HttpStatusCode.Created);
        Assert.Equal(30, json.GetProperty("count").GetInt32());
        var partitions = json.GetProperty("partitions").EnumerateArray().ToArray();
        Assert.Equal(counts.Select(p => p.Key), partitions.Select(p => p.GetProperty("partition").GetInt32()));
        Assert.All(partitions, p => Assert.Equal("1", p.Text("firstId")));
        Assert.Equal(counts.Select(p => $"{p.Value}"), partitions.Select(p => p.Text("lastId")));
    }

    [Fact]
    public async Task Post_HundredThousandLines_AppendsAllInOrder()
    {
        const int Count = 100_000;
        var stream = await Cluster.NewStreamAsync();
        var body = new StringBuilder();
        for (var i = 1; i <= Count; i++)
        {
            body.Append($"{{\"type\":{i},\"foreignId\":\"user-{i}\",\"metadata\":\"{new string('m', 200)}\"}}\n");
        }

        var answer = await Server.PostAsync($"/streams/{stream}/events", body.ToString(), Ndjson);

        Assert.Equal(
            $$"""{"count":{{Count}},"partitions":[{"partition":0,"firstId":"1","lastId":"{{Count}}"}]}""",
            (await answer.JsonAsync(HttpStatusCode.Created)).GetRawText());
        var events = await ReadAsync(stream);
        Assert.Equal(Enumerable.Range(1, Count), events.Select(e => e.Type.Value));
        Assert.All(events, e => Assert.Equal(200, e.Metadata.Length));
    }

    [Theory]
    [InlineData(1, "{\"type\":1", "Line 1 is not an event: it isn't JSON, see byte")]
    [InlineData(2, Line + "{\"type\":1}\n" + Line, "Line 2 is not an event: it has no 'foreignId'")]
    [InlineData(4, Line + "\n\n{\"type\":1,\"foreignId\":\"a\",\"metdata\":1}", "'metdata' is no member of an event")]
    [InlineData(3, Line + Line + "hello\n", "Line 3 is not an event")]
    [InlineData(1, "[{\"type\":1,\"foreignId\":\"a\"}]", "it isn't a JSON object")]
    public async Task Post_BadLine_Answers400NamingItAndAppendsNothing(int line, string body, string expected)
    {
        var stream = await Cluster.NewStreamAsync();

        var problem = await (await Server.PostAsync($"/streams/{stream}/events", body, Ndjson))
            .ProblemAsync(HttpStatusCode.BadRequest, "malformed-body");

        Assert.Equal(line, problem.GetProperty("line").GetInt32());
        Assert.Contains(expected, problem.Detail(), StringComparison.Ordinal);
        Assert.Empty(await ReadAsync(stream));
    }

    [Fact]
    public async Task Post_BadLineFarDown_AppendsNothing()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 2);
        var lines = Enumerable.Range(1, 20_000).Select(i => $"{{\"type\":1,\"foreignId\":\"user-{i}\"}}\n");

        var problem = await (await Server.PostAsync($"/streams/{stream}/events", string.Concat(lines) + "{}", Ndjson))
            .ProblemAsync(HttpStatusCode.BadRequest, "malformed-body");

        Assert.Equal(20_001, problem.GetProperty("line").GetInt32());
        Assert.Empty(await ReadAsync(stream));
    }

    [Theory]
    [InlineData("", "application/json")]
    [InlineData("", Ndjson)]
    [InlineData("\n \n\r\n", Ndjson)]
    [InlineData("[{\"type\":1,\"foreignId\":\"a\"}]", "application/json")]
    [InlineData("{\"type\":1,\"foreignId\":\"a\"}\n{\"type\":1,\"foreignId\":\"a\"}", "application/json")]
    public async Task Post_BodyWithoutTheExpectedEvents_Answers400(string body, string type)
    {
        var stream = await Cluster.NewStreamAsync();

        await (await Server.PostAsync($"/streams/{stream}/events", body, type)).ProblemAsync(HttpStatusCode.BadRequest, "malformed-body");

        Assert.Empty(await ReadAsync(stream));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Post_OtherContentType_Answers415NamingTheTwo(string type)
    {
        var stream = await Cluster.NewStreamAsync();

        var problem = await (await Server.PostAsync($"/streams/{stream}/events", """{"type":1,"foreignId":"1"}""", type))
            .ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");

        Assert.Contains("application/json or application/x-ndjson", problem.Detail(), StringComparison.Ordinal);
        Assert.Equal("""["application/json","application/x-ndjson"]""", problem.GetProperty("accepted").GetRawText());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData(Ndjson)]
    public async Task Post_EventOverTheSizeLimit_Answers413NamingBoth(string type)
    {
        var stream = await Cluster.NewStreamAsync();
        var good = type == Ndjson ? "{\"type\":1,\"foreignId\":\"a\"}\n" : "";
        var large = $"{{\"type\":1,\"foreignId\":\"\",\"metadata\":\"{new string('m', 1024 * 1024)}\"}}";

        var problem = await (await Server.PostAsync($"/streams/{stream}/events", good + large, type))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");

        Assert.Equal(1024 * 1024, problem.GetProperty("limit").GetInt64());
        Assert.True(problem.GetProperty("size").GetInt64() > 1024 * 1024, $"{problem}");
        Assert.Empty(await ReadAsync(stream));
    }

    [Fact]
    public async Task Post_EventJustWithinTheSizeLimit_IsAppended()
    {
        var stream = await Cluster.NewStreamAsync();
        var metadata = new string('\u0001', (1024 * 1024) - 100);
        var escaped = metadata.Replace("\u0001", "\\u0001", StringComparison.Ordinal);

        var answer = await Server.PostAsync($"/streams/{stream}/events", $"{{\"type\":1,\"foreignId\":\"\",\"metadata\":\"{escaped}\"}}");

        await answer.JsonAsync(HttpStatusCode.Created);
        Assert.Equal(metadata, Encoding.UTF8.GetString(Assert.Single(await ReadAsync(stream)).Metadata.Span));
    }

    [Fact]
    public async Task Post_QueryParameter_Answers400()
    {
        var stream = await Cluster.NewStreamAsync();

        var problem = await (await Server.PostAsync($"/streams/{stream}/events?partition=1", """{"type":1,"foreignId":"1"}"""))
            .ProblemAsync(HttpStatusCode.BadRequest, "bad-request");

        Assert.Equal("partition", problem.Text("parameter"));
        Assert.Empty(await ReadAsync(stream));
    }

    [Fact]
    public async Task Post_WithTraceparent_StoresTheCallersTrace()
    {
        var stream = await Cluster.NewStreamAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, $"/streams/{stream}/events")
        {
            Content = HttpServer.Json("""{"type":1,"foreignId":"1"}"""),
            Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } },
        };

        await (await Server.SendAsync(request)).JsonAsync(HttpStatusCode.Created);

        var e = Assert.Single(await ReadAsync(stream));
        Assert.True(TraceContext.TryRead(e.Trace.Span, out var trace));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", trace.TraceId.ToHexString());
        Assert.NotEqual(default, trace.SpanId);
        Assert.Equal(ActivityTraceFlags.Recorded, trace.TraceFlags);
    }

    private async Task<List<Event>> ReadAsync(string stream)
    {
        var events = new List<Event>();
        try
        {
            await foreach (var e in Cluster.Client.GetStream(stream).StreamAsync("", new StreamOptions { ToHead = true }, Token))
            {
                events.Add(e);
            }
        }
        catch (HeadReachedException)
        {
            return events;
        }

        throw new InvalidOperationException("A stream ended without a reason.");
    }
}
