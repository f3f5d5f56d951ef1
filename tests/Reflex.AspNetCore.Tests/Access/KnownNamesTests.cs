using System.Net;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Access;

/// <summary>Errors that say what there is, to callers who may not see all of it, while every list fails.</summary>
public sealed class KnownNamesTests(Cluster cluster)
{
    [Fact]
    public async Task Get_WhatIsNotThere_NamesWhatTheCallerMaySeeWithoutAList()
    {
        await cluster.NewStreamAsync();
        var client = new FaultyClient(cluster.Client) { FailLists = new InvalidOperationException("a list") };
        await using var server = await Callers.StartAsync(
            client,
            access => access.WithKey("orders", Callers.Key).WithPolicy("key:orders", "stream-*", "stream").WithPolicy(
                "key:orders", Cluster.Watched, "consume"));

        using var stream = await server.AskAsync("GET", "/streams/stream-none", Callers.Key);
        using var consumer = await server.AskAsync("GET", $"/consumers/{Cluster.Watched}/nobody", Callers.Key);

        var problem = await stream.ProblemAsync(HttpStatusCode.NotFound, "stream-not-found");
        Assert.Matches("streams are (stream-[0-9]+(, | and )?)+", problem.Detail());
        problem = await consumer.ProblemAsync(HttpStatusCode.NotFound, "consumer-not-found");
        Assert.Contains($"{Cluster.Watched}/{Cluster.Watcher}", problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WhatIsNotThere_NamesNothingElse()
    {
        var client = new FaultyClient(cluster.Client) { FailLists = new InvalidOperationException("a list") };
        await using var server = await Callers.StartAsync(
            client, access => access.WithKey("orders", Callers.Key).WithPolicy("key:orders", "orders-*", "stream", "consume"));

        using var stream = await server.AskAsync("GET", "/streams/orders-none", Callers.Key);
        using var consumer = await server.AskAsync("GET", "/consumers/orders-none/nobody", Callers.Key);

        Assert.DoesNotContain(
            Cluster.Watched, (await stream.ProblemAsync(HttpStatusCode.NotFound, "stream-not-found")).Detail(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Cluster.Watched,
            (await consumer.ProblemAsync(HttpStatusCode.NotFound, "consumer-not-found")).Detail(),
            StringComparison.Ordinal);
    }
}
