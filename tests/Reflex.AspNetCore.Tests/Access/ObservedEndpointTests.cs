using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Access;

/// <summary>An endpoint of an application that only those may read who may observe.</summary>
public sealed class ObservedEndpointTests(Cluster cluster)
{
    private const string Path = "/figures";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_WhileAccessIsOff_IsAnswered()
    {
        await using var server = await StartAsync(_ => { });

        Assert.Equal("7", await server.Client.GetStringAsync(Path, Token));
    }

    [Fact]
    public async Task Get_WhoMayObserve_IsAnswered()
    {
        await using var server = await StartAsync(access => access
            .WithKey("prometheus", Callers.Key).WithPolicy("key:prometheus", "*", "observe"));

        using var answer = await server.AskAsync("GET", Path, Callers.Key);

        Assert.Equal("7", await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Get_WhoMayDoAllElse_IsRefused()
    {
        await using var server = await StartAsync(access => access
            .WithKey("shop", Callers.Key).WithPolicy("key:shop", "*", "append", "stream", "consume", "administer"));

        using var answer = await server.AskAsync("GET", Path, Callers.Key);

        var problem = await answer.ProblemAsync(HttpStatusCode.Forbidden, "access-denied");
        Assert.Equal("'key:shop' may not observe on all streams: it needs a policy that allows this.", problem.Detail());
        Assert.Equal(["observe"], problem.GetProperty("operations").EnumerateArray().Select(word => word.GetString()));
    }

    [Fact]
    public async Task Get_WithoutCredential_IsRefused()
    {
        await using var server = await StartAsync(access => access.WithKey("prometheus", Callers.Key).WithPolicy("*", "*", "observe"));

        using var answer = await server.AskAsync("GET", Path);

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Post_IsNoMethodOfIt()
    {
        await using var server = await StartAsync(_ => { });

        using var answer = await server.AskAsync("POST", Path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task Get_ByANameThatMayBeAnybodys_IsRefusedWhileNobodyNeedsACredential()
    {
        await using var server = await StartAsync(_ => { });
        using var request = new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { Host = "rebound.example.com" } };

        using var answer = await server.SendAsync(request);

        await answer.ProblemAsync(HttpStatusCode.Forbidden, "foreign-host");
    }

    private Task<HttpServer> StartAsync(Action<ReflexAccessOptions> configure) => HttpServer.StartAsync(
        cluster.Client,
        addServices: services => services.AddReflexAccess(configure),
        map: endpoints => endpoints.Map(Path, context => context.Response.WriteAsync("7")).RequireReflexObserve());
}
