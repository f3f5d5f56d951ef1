using System.Net;
using System.Text.Json;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Events;

public sealed class EventLinesTests(Cluster cluster) : HttpTest(cluster)
{
    private const string Ndjson = "application/x-ndjson";

    [Fact]
    public async Task Get_ToHead_SendsOneObjectALineAndEnds()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 2);
        await Cluster.AppendAsync(stream, 10);

        using var response = await Server.OpenAsync($"/streams/{stream}/events?toHead=true", Ndjson);
        var text = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal(Ndjson, response.Content.Headers.ContentType?.ToString());
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        var lines = text.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(Enumerable.Range(1, 10), lines.Select(line => line.GetProperty("type").GetInt32()).Order());
        Assert.Equal(
            ["id", "partition", "cursor", "type", "foreignId", "timestamp", "metadata"], lines[0].EnumerateObject().Select(m => m.Name));
    }

    [Fact]
    public async Task Get_Endless_SendsLaterEventsAtOnce()
    {
        var stream = await Cluster.NewStreamAsync();
        using var response = await Server.OpenAsync($"/streams/{stream}/events", Ndjson);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));

        await Cluster.AppendAsync(stream, 1);
        var first = await lines.ReadLineAsync(Token);
        await Cluster.AppendAsync(stream, 1);
        var second = await lines.ReadLineAsync(Token);

        Assert.StartsWith("""{"id":"1",""", first, StringComparison.Ordinal);
        Assert.StartsWith("""{"id":"2",""", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_FromTheLastLinesCursor_ResumesWithoutGapOrRepeat()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 3);
        var appended = await Cluster.AppendAsync(stream, 30);
        var seen = new List<JsonElement>();
        using var response = await Server.OpenAsync($"/streams/{stream}/events", Ndjson);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        for (var i = 0; i < 17; i++)
        {
            seen.Add(JsonElement.Parse((await lines.ReadLineAsync(Token))!));
        }

        using var resumed = await Server.OpenAsync($"/streams/{stream}/events?toHead=true&after={seen[^1].Text("cursor")}", Ndjson);
        var rest = await resumed.Content.ReadAsStringAsync(Token);
        seen.AddRange(rest.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line)));

        Assert.Equal(
            appended.Select(p => $"{p.Partition}/{p.Id}").Order(),
            seen.Select(e => $"{e.GetProperty("partition").GetInt32()}/{e.Text("id")}").Order());
    }

    [Fact]
    public async Task Get_ReadingFails_EndsWithAnErrorLineAndACutResponse()
    {
        var stream = await Cluster.NewStreamAsync();
        var faulty = Faults.Stream(stream);
        await Cluster.AppendAsync(stream, 1);
        using var response = await Server.OpenAsync($"/streams/{stream}/events", Ndjson);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        await lines.ReadLineAsync(Token);

        faulty.FailReads(new Reflex.Storage.LogCorruptedException("Events 3 to 5 are damaged."));
        var last = JsonElement.Parse((await lines.ReadLineAsync(Token))!);

        Answers.AssertProblem(last.GetProperty("error"), 500, "log-corrupted");
        await Assert.ThrowsAnyAsync<IOException>(async () => await lines.ReadLineAsync(Token));
    }

    [Theory]
    [InlineData(null, "text/event-stream")]
    [InlineData("*/*", "text/event-stream")]
    [InlineData("text/event-stream", "text/event-stream")]
    [InlineData("text/html, application/xhtml+xml, */*;q=0.8", "text/event-stream")]
    [InlineData(Ndjson, Ndjson)]
    [InlineData("application/*", Ndjson)]
    [InlineData("text/event-stream;q=0.5, application/x-ndjson", Ndjson)]
    [InlineData("application/x-ndjson;q=0.5, text/event-stream", "text/event-stream")]
    public async Task Get_Accept_ChoosesTheForm(string? accept, string expected)
    {
        var stream = await Cluster.NewStreamAsync();

        using var response = await Server.OpenAsync($"/streams/{stream}/events?toHead=true", accept);

        Assert.Equal(expected, response.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/event-stream;q=0")]
    public async Task Get_AcceptOfNeither_Answers406NamingBoth(string accept)
    {
        var stream = await Cluster.NewStreamAsync();

        using var response = await Server.OpenAsync($"/streams/{stream}/events", accept);

        var problem = await response.ProblemAsync(HttpStatusCode.NotAcceptable, "not-acceptable");
        Assert.Contains("text/event-stream or application/x-ndjson", problem.Detail(), StringComparison.Ordinal);
    }
}
