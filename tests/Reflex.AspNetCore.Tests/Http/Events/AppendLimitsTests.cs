using System.Net;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Events;

public sealed class AppendLimitsTests(Cluster cluster) : HttpTest(cluster)
{
    private const string Line = "{\"type\":1,\"foreignId\":\"a\"}\n";

    [Theory]
    [InlineData("application/x-ndjson")]
    [InlineData("application/json")]
    public async Task Post_BodyOverItsLimit_Answers413NamingBoth(string type)
    {
        var stream = await Cluster.NewStreamAsync();
        var body = string.Concat(Enumerable.Repeat(Line, 200));

        var problem = await (await Server.PostAsync($"/streams/{stream}/events", body, type))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");

        Assert.Equal(body.Length, problem.GetProperty("size").GetInt64());
        Assert.Equal(type == "application/json" ? 100 : 2000, problem.GetProperty("limit").GetInt64());
        await AssertEmptyAsync(stream);
    }

    [Fact]
    public async Task Post_ChunkedBodyOverItsLimit_Answers413()
    {
        var stream = await Cluster.NewStreamAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, $"/streams/{stream}/events")
        {
            Content = HttpServer.Body(string.Concat(Enumerable.Repeat(Line, 90)), "application/x-ndjson"),
            Headers = { TransferEncodingChunked = true },
        };

        var problem = await (await Server.SendAsync(request)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");

        Assert.Equal(2000, problem.GetProperty("limit").GetInt64());
        Assert.True(problem.GetProperty("size").GetInt64() > 2000, $"{problem}");
        await AssertEmptyAsync(stream);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("")]
    public async Task Post_LineOverItsLimit_Answers413NamingTheLine(string end)
    {
        var stream = await Cluster.NewStreamAsync();
        var body = Line + new string('x', 101) + end;

        var problem = await (await Server.PostAsync($"/streams/{stream}/events", body, "application/x-ndjson"))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");

        Assert.Equal(2, problem.GetProperty("line").GetInt32());
        Assert.Equal(101, problem.GetProperty("size").GetInt64());
        Assert.Equal(100, problem.GetProperty("limit").GetInt64());
        await AssertEmptyAsync(stream);
    }

    [Fact]
    public async Task Post_MoreEventsThanTheLimit_Answers413NamingTheLine()
    {
        var stream = await Cluster.NewStreamAsync();

        var problem = await (await Server.PostAsync(
            $"/streams/{stream}/events", string.Concat(Enumerable.Repeat(Line, 11)), "application/x-ndjson"))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");

        Assert.Equal(11, problem.GetProperty("line").GetInt32());
        Assert.Equal(10, problem.GetProperty("limit").GetInt64());
        await AssertEmptyAsync(stream);
    }

    [Fact]
    public async Task Post_AtEveryLimit_IsAppended()
    {
        var stream = await Cluster.NewStreamAsync();
        var longest = $"{{\"type\":1,\"foreignId\":\"{new string('x', 100 - "{\"type\":1,\"foreignId\":\"\"}".Length)}\"}}\n";

        var answer = await Server.PostAsync(
            $"/streams/{stream}/events", longest + string.Concat(Enumerable.Repeat(Line, 9)), "application/x-ndjson");

        Assert.Equal(10, (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("count").GetInt32());
    }

    protected override void Configure(ReflexHttpOptions options)
    {
        options.MaxBodyBytes = 2000;
        options.MaxEventJsonBytes = 100;
        options.MaxEventsPerBody = 10;
    }

    private async Task AssertEmptyAsync(string stream)
    {
        var status = await Cluster.Client.GetStream(stream).GetStatusAsync(Token);
        Assert.All(status.Partitions, partition => Assert.True(partition.Head.IsNone, $"{partition}"));
    }
}
