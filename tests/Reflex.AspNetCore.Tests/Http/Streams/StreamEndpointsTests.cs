using System.Net;
using System.Text.Json;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Http.Streams;

public sealed class StreamEndpointsTests(Cluster cluster) : HttpTest(cluster)
{
    [Fact]
    public async Task Put_NewStream_Answers201WithItsDefinition()
    {
        var answer = await Server.PutAsync(
            "/streams/put-new", """{"partitions":4,"retention":{"maxAge":"7.00:00:00","maxBytes":1073741824}}""");

        var json = await answer.JsonAsync(HttpStatusCode.Created);
        Assert.Equal(
            """{"name":"put-new","partitions":4,"retention":{"maxAge":"7.00:00:00","maxBytes":1073741824}}""", json.GetRawText());
    }

    [Fact]
    public async Task Put_SameAgain_Answers200()
    {
        await Server.PutAsync("/streams/put-same", """{"partitions":2}""");

        var answer = await Server.PutAsync("/streams/put-same", """{"partitions":2}""");

        Assert.Equal(
            """{"name":"put-same","partitions":2,"retention":{"maxAge":null,"maxBytes":null}}""", (await answer.JsonAsync()).GetRawText());
    }

    [Fact]
    public async Task Put_WithoutBody_DefinesOnePartition()
    {
        var answer = await Server.Client.PutAsync("/streams/put-bare", null, Token);

        Assert.Equal(1, (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("partitions").GetInt32());
    }

    [Fact]
    public async Task Put_OtherPartitionsThanStored_Answers409NamingBoth()
    {
        await Server.PutAsync("/streams/put-other", """{"partitions":2}""");

        var problem = await (await Server.PutAsync("/streams/put-other", """{"partitions":3}"""))
            .ProblemAsync(HttpStatusCode.Conflict, "stream-conflict");

        Assert.Contains("stored with 2 partitions but 3 are asked for", problem.Detail(), StringComparison.Ordinal);
        Assert.Equal("put-other", problem.Text("stream"));
        Assert.Equal(2, problem.GetProperty("storedPartitions").GetInt32());
    }

    [Fact]
    public async Task Put_WithARetention_ChangesItAndWithoutOneLeavesIt()
    {
        await Server.PutAsync("/streams/put-retention", """{"partitions":2,"retention":{"maxBytes":100}}""");
        const string Kept = """{"name":"put-retention","partitions":2,"retention":{"maxAge":"1.00:00:00","maxBytes":null}}""";

        var changed = await Server.PutAsync("/streams/put-retention", """{"partitions":2,"retention":{"maxAge":"1.00:00:00"}}""");
        Assert.Equal(Kept, (await changed.JsonAsync()).GetRawText());
        var same = await Server.PutAsync("/streams/put-retention", """{"partitions":2}""");
        Assert.Equal(Kept, (await same.JsonAsync()).GetRawText());
        var forever = await Server.PutAsync("/streams/put-retention", """{"partitions":2,"retention":{}}""");
        Assert.Equal(JsonValueKind.Null, (await forever.JsonAsync()).GetProperty("retention").GetProperty("maxAge").ValueKind);
        Assert.Equal(Retention.Forever, (await Cluster.Client.GetStream("put-retention").GetStatusAsync(Token)).Definition.Retention);
    }

    [Fact]
    public async Task Put_ANameThatReflexKeeps_Answers400SayingWhich()
    {
        var problem = await (await Server.PutAsync("/streams/orders.mailer.dead", "{}"))
            .ProblemAsync(HttpStatusCode.BadRequest, "bad-request");

        Assert.Contains("'.dead', '.quarantine' or '.audit'", problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_Stream_Answers204AndThenItIsGone()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 2);
        await Cluster.AppendAsync(stream, 5);

        var answer = await Server.Client.DeleteAsync($"/streams/{stream}", Token);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await (await Server.GetAsync($"/streams/{stream}")).ProblemAsync(HttpStatusCode.NotFound, "stream-not-found");
        await (await Server.Client.DeleteAsync($"/streams/{stream}", Token)).ProblemAsync(HttpStatusCode.NotFound, "stream-not-found");
        await (await Server.PostAsync($"/streams/{stream}/events", """{"type":1,"foreignId":"1"}"""))
            .ProblemAsync(HttpStatusCode.NotFound, "stream-not-found");
    }

    [Fact]
    public async Task List_PageByPage_HasEveryStreamOnce()
    {
        for (var i = 0; i < 5; i++)
        {
            await Cluster.Client.DefineStreamAsync(new StreamDefinition($"page-{i}"), Token);
        }

        var names = new List<string?>();
        for (var path = "/streams?limit=2&after=page"; path is not null;)
        {
            var page = await (await Server.GetAsync(path)).JsonAsync();
            names.AddRange(page.GetProperty("streams").EnumerateArray().Select(stream => stream.Text("name")));
            path = page.TryGetProperty("next", out var next) && names.Count < 5 ? $"/streams?limit=2&after={next.GetString()}" : null;
        }

        Assert.Equal(["page-0", "page-1", "page-2", "page-3", "page-4"], names.Take(5));
        Assert.Equal(names.Distinct(), names);
    }

    [Theory]
    [InlineData("limit=0", "a number from 1 to 1000, once")]
    [InlineData("limit=1001", "a number from 1 to 1000, once")]
    [InlineData("limit=1&limit=2", "a number from 1 to 1000, once")]
    [InlineData("after=Orders", "a stream's name, once")]
    [InlineData("page=2", "it takes after, limit")]
    public async Task List_BadQuery_Answers400SayingWhatIsExpected(string query, string expected)
    {
        var problem = await (await Server.GetAsync($"/streams?{query}")).ProblemAsync(HttpStatusCode.BadRequest, "bad-request");

        Assert.Contains(expected, problem.Detail(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"partitions":0}""", "'partitions' is 0; it must be from 1 to 1024")]
    [InlineData("""{"partitions":1025}""", "'partitions' is 1025; it must be from 1 to 1024")]
    [InlineData("""{"partition":4}""", "'partition' is unknown")]
    [InlineData("""{"partitions":"4"}""", "'partitions' is unknown or has a wrong value")]
    [InlineData("""{"partitions":4,"partitions":4}""", "'partitions'")]
    [InlineData("""{"retention":{"maxAge":"0.00:00:00"}}""", "'retention.maxAge' is '0.00:00:00'; expected a time")]
    [InlineData("""{"retention":{"maxAge":"7"}}""", "'retention.maxAge'")]
    [InlineData("""{"retention":{"maxBytes":0}}""", "'retention.maxBytes' is 0; it must be greater than zero")]
    [InlineData("""{"retention":{"days":7}}""", "'retention.days' is unknown")]
    [InlineData("""{"partitions":4""", "line 1")]
    [InlineData("null", "null")]
    [InlineData("[]", "expected JSON such as {\"partitions\":4")]
    public async Task Put_BadBody_Answers400NamingTheFault(string body, string expected)
    {
        var problem = await (await Server.PutAsync("/streams/put-bad", body)).ProblemAsync(HttpStatusCode.BadRequest, "malformed-body");

        Assert.Contains(expected, problem.Detail(), StringComparison.Ordinal);
        Assert.DoesNotContain("Reflex.AspNetCore", problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_BodyOverItsLimit_Answers413()
    {
        var problem = await (await Server.PutAsync("/streams/put-large", new string(' ', 65 * 1024)))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");

        Assert.Equal(65 * 1024, problem.GetProperty("size").GetInt64());
        Assert.Equal(64 * 1024, problem.GetProperty("limit").GetInt64());
    }

    [Theory]
    [InlineData("Orders")]
    [InlineData("-orders")]
    [InlineData("or%20ders")]
    public async Task AnyCall_BadStreamName_Answers400WithTheRule(string name)
    {
        HttpResponseMessage[] answers =
        [
            await Server.PutAsync($"/streams/{name}", "{}"),
            await Server.GetAsync($"/streams/{name}"),
            await Server.GetAsync($"/streams/{name}/events"),
            await Server.PostAsync($"/streams/{name}/events", """{"type":1,"foreignId":"1"}"""),
        ];

        foreach (var answer in answers)
        {
            var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "bad-request");
            Assert.Contains("1 to 100 characters", problem.Detail(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnyCall_UnknownStream_Answers404ListingWhatExists()
    {
        var known = await Cluster.NewStreamAsync();
        HttpResponseMessage[] answers =
        [
            await Server.GetAsync("/streams/nowhere"),
            await Server.GetAsync("/streams/nowhere/events"),
            await Server.GetAsync("/streams/nowhere/events?partition=0"),
            await Server.PostAsync("/streams/nowhere/events", """{"type":1,"foreignId":"1"}"""),
            await Server.PostAsync("/streams/nowhere/events", """{"type":1,"foreignId":"1"}""", "application/x-ndjson"),
        ];

        foreach (var answer in answers)
        {
            var problem = await answer.ProblemAsync(HttpStatusCode.NotFound, "stream-not-found");
            Assert.Equal("nowhere", problem.Text("stream"));
            Assert.Contains("the streams are", problem.Detail(), StringComparison.Ordinal);
        }

        Assert.NotNull(known);
    }

    [Fact]
    public async Task Get_StreamWithEvents_TellsWhatEachPartitionHolds()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 2);
        var events = await Cluster.AppendAsync(stream, 10);
        var heads = new[] { 0, 1 }.Select(p => events.Where(e => e.Partition == p).Max(e => e.Id).ToString()).ToArray();

        var json = await (await Server.GetAsync($"/streams/{stream}")).JsonAsync();

        Assert.Equal(stream, json.Text("name"));
        var partitions = json.GetProperty("partitions").EnumerateArray().ToArray();
        Assert.Equal([0, 1], partitions.Select(p => p.GetProperty("partition").GetInt32()));
        Assert.Equal(["1", "1"], partitions.Select(p => p.Text("oldest")));
        Assert.Equal(heads, partitions.Select(p => p.Text("head")));
        Assert.All(partitions, p => Assert.True(p.GetProperty("bytes").GetInt64() > 0));
    }

    [Fact]
    public async Task Get_EmptyStream_HasNoOldestEvent()
    {
        var stream = await Cluster.NewStreamAsync();

        var json = await (await Server.GetAsync($"/streams/{stream}")).JsonAsync();

        Assert.Equal(
            """[{"partition":0,"oldest":null,"head":"0","bytes":0}]""", json.GetProperty("partitions").GetRawText());
    }

    [Fact]
    public async Task List_OneStreamDamaged_ShowsTheOthersAndItsError()
    {
        var good = await Cluster.NewStreamAsync();
        var bad = await Cluster.NewStreamAsync();
        Faults.Stream(bad).FailStatus = new LogCorruptedException("Events 3 to 5 are damaged.");

        var json = await (await Server.GetAsync("/streams?limit=1000")).JsonAsync();

        var streams = json.GetProperty("streams").EnumerateArray().ToDictionary(s => s.Text("name")!);
        Assert.Equal(1, streams[good].GetProperty("partitions").GetArrayLength());
        Assert.False(streams[good].TryGetProperty("error", out _));
        Assert.StartsWith("Stored data is damaged", streams[bad].Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_SeveralStreams_AreOrderedByName()
    {
        await Cluster.Client.DefineStreamAsync(new StreamDefinition("list-b"), Token);
        await Cluster.Client.DefineStreamAsync(new StreamDefinition("list-a"), Token);

        var json = await (await Server.GetAsync("/streams")).JsonAsync();

        var names = json.GetProperty("streams").EnumerateArray().Select(s => s.Text("name")!).ToArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Contains("list-a", names);
    }
}
