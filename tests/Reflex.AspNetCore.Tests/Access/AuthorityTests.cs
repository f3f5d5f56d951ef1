using System.Net;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Access;

public sealed class AuthorityTests(Cluster cluster)
{
    [Fact]
    public async Task Ask_WithATokenOfTheAuthority_IsAllowedWhatItsSubjectMay()
    {
        var stream = await cluster.NewStreamAsync();
        await using var authority = await FakeAuthority.StartAsync();
        await using var stranger = await FakeAuthority.StartAsync();
        await using var server = await StartAsync(authority, stream);

        using var alice = await server.AskAsync("GET", $"/streams/{stream}", authority.Issue("alice"));
        using var bob = await server.AskAsync("GET", $"/streams/{stream}", authority.Issue("bob"));
        using var forged = await server.AskAsync("GET", $"/streams/{stream}", stranger.Issue("alice"));

        Assert.Equal(HttpStatusCode.OK, alice.StatusCode);
        await bob.ProblemAsync(HttpStatusCode.Forbidden, "access-denied");
        await forged.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Ask_WhileTheAuthorityFails_Answers503NamingIt()
    {
        await using var authority = await FakeAuthority.StartAsync();
        await using var server = await StartAsync(authority, "orders");
        authority.Fails = true;

        using var answer = await server.AskAsync("GET", "/streams/orders", authority.Issue("alice"));

        var problem = await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.Contains($"the authority {authority.Url} didn't tell its keys", problem.Detail(), StringComparison.Ordinal);
        server.RequireShortLines();
    }

    private Task<HttpServer> StartAsync(FakeAuthority authority, string stream) => Callers.StartAsync(cluster.Client, access =>
    {
        access.Jwt = new() { Authority = authority.Url, Audience = "reflex" };
        access.WithPolicy("subject:alice", stream, "stream");
    });
}
