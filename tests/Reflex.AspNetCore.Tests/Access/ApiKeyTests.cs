using System.Net;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Access;

public sealed class ApiKeyTests(Cluster cluster)
{
    [Theory]
    [InlineData(Callers.Key, null)]
    [InlineData(null, Callers.Key)]
    [InlineData(Callers.Key, Callers.Key)]
    [InlineData(null, "the-next-key")]
    public async Task Ask_WithAKeyInEitherHeader_IsAllowed(string? bearer, string? key)
    {
        var stream = await cluster.NewStreamAsync();
        await using var server = await StartAsync(stream);

        using var answer = await server.AskAsync("GET", $"/streams/{stream}", bearer, key);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Ask_WithAnotherScheme_IsRefusedNamingTheHeader()
    {
        await using var server = await StartAsync("orders");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/streams");
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Callers.Key);

        using var answer = await server.SendAsync(request);

        var problem = await answer.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains("another scheme than Bearer in its header Authorization", problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_WithABadStreamName_IsToldOnlyToThoseWhoMayCall()
    {
        await using var server = await StartAsync("orders");

        using var anonymous = await server.AskAsync("GET", "/streams/NOT-A-NAME");
        using var known = await server.AskAsync("GET", "/streams/NOT-A-NAME", Callers.Key);

        await anonymous.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        await known.ProblemAsync(HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task List_Streams_ShowsOnlyWhatTheCallerMaySee()
    {
        var mine = await cluster.NewStreamAsync();
        var hidden = await cluster.NewStreamAsync();
        await using var server = await StartAsync(mine);

        using var answer = await server.AskAsync("GET", "/streams", Callers.Key);

        var names = (await answer.JsonAsync()).GetProperty("streams").EnumerateArray().Select(stream => stream.Text("name")).ToList();
        Assert.Equal([mine], names);
        Assert.DoesNotContain(hidden, names);
    }

    [Theory]
    [InlineData("consume", 1)]
    [InlineData("administer", 1)]
    [InlineData("append", 0)]
    public async Task List_Consumers_ShowsThoseOfStreamsThatTheCallerConsumesOrAdministers(string may, int expected)
    {
        var client = new FaultyClient(cluster.Client);
        client.AddConsumer("orders", "mine");
        client.AddConsumer("others", "hidden");
        await using var server = await Callers.StartAsync(
            client, access => access.WithKey("a", Callers.Key).WithPolicy("key:a", "orders", may));

        using var answer = await server.AskAsync("GET", "/consumers", Callers.Key);

        var names = (await answer.JsonAsync()).GetProperty("consumers").EnumerateArray().Select(consumer => consumer.Text("name"));
        Assert.Equal(Enumerable.Repeat("mine", expected), names);
    }

    [Fact]
    public async Task Ask_ForAStreamThatIsNotThere_IsToldOnlyTheStreamsThatTheCallerMaySee()
    {
        var hidden = await cluster.NewStreamAsync();
        await using var server = await StartAsync("orders-*");

        using var answer = await server.AskAsync("GET", "/streams/orders-none", Callers.Key);

        var problem = await answer.ProblemAsync(HttpStatusCode.NotFound, "stream-not-found");
        Assert.DoesNotContain(hidden, problem.Detail(), StringComparison.Ordinal);
        Assert.DoesNotContain(Cluster.Watched, problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_ForAConsumerThatIsNotThere_IsToldOnlyTheConsumersThatTheCallerMaySee()
    {
        await using var server = await Callers.StartAsync(
            cluster.Client, access => access.WithKey("a", Callers.Key).WithPolicy("key:a", "orders", "consume"));

        using var answer = await server.AskAsync("GET", "/consumers/orders/none", Callers.Key);

        var problem = await answer.ProblemAsync(HttpStatusCode.NotFound, "consumer-not-found");
        Assert.DoesNotContain(Cluster.Watcher, problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_ByAnAppender_IsDurableAndCannotBeReadByIt()
    {
        var stream = await cluster.NewStreamAsync();
        await using var server = await Callers.StartAsync(
            cluster.Client, access => access.WithKey("a", Callers.Key).WithPolicy("key:a", stream, "append"));

        using var appended = await server.AskAsync(
            "POST", $"/streams/{stream}/events", Callers.Key, body: """{"type":1,"foreignId":"4"}""");
        using var read = await server.AskAsync("GET", $"/streams/{stream}/events?toHead=true", Callers.Key);

        Assert.Equal(HttpStatusCode.Created, appended.StatusCode);
        var problem = await read.ProblemAsync(HttpStatusCode.Forbidden, "access-denied");
        Assert.Equal($"'key:a' may not stream on the stream '{stream}': it needs a policy that allows this.", problem.Detail());
    }

    [Fact]
    public async Task Ask_WhileAccessIsOff_NeedsNothing()
    {
        await using var server = await HttpServer.StartAsync(cluster.Client);

        using var answer = await server.AskAsync("GET", "/streams", bearer: "anything", key: "anything");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<HttpServer> StartAsync(string stream) => Callers.StartAsync(
        cluster.Client,
        (ReflexAccessOptions access) => access.WithKey("a", Callers.Key, "the-next-key").WithPolicy("key:a", stream, "stream"));
}
