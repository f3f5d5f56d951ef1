using System.Net;
using Microsoft.AspNetCore.Routing;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Access;

/// <summary>Every endpoint that there is, taken from the server itself.</summary>
public sealed class EndpointAccessTests(Cluster cluster)
{
    private static readonly string[] Open = ["/health/live", "/health/ready", "/health/problems"];

    [Fact]
    public async Task Ask_AnyEndpointWithoutCredential_Answers401ButHealth()
    {
        await using var server = await StartAsync("append");

        foreach (var (method, path) in Requests(server))
        {
            using var answer = await server.AskAsync(method, path);
            var problem = await answer.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
            Assert.Equal(
                "The request carries no credential: send an API key in the header reflex-api-key or as 'Authorization: Bearer'.",
                problem.Detail());
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }

        foreach (var path in Open)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(path)).StatusCode);
        }
    }

    [Theory]
    [InlineData("nobody's-key", null)]
    [InlineData(null, "nobody's-key")]
    [InlineData(Callers.Key, "nobody's-key")]
    [InlineData("nobody's-key", Callers.Key)]
    public async Task Ask_AnyEndpointWithAWrongCredential_Answers401AndLogsNoKey(string? bearer, string? key)
    {
        await using var server = await StartAsync("append", "stream", "consume", "administer");

        foreach (var (method, path) in Requests(server))
        {
            using var answer = await server.AskAsync(method, path, bearer, key);
            await answer.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        }

        server.RequireShortLines();
        var logs = server.Logs.GetSnapshot().Select(log => log.Message).ToList();
        Assert.Contains(logs, log => log.Contains("was refused", StringComparison.Ordinal));
        Assert.DoesNotContain(logs, log => log.Contains("nobody's-key", StringComparison.Ordinal));
        Assert.DoesNotContain(logs, log => log.Contains(Callers.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_AnyEndpointOfAStreamWithAnInsufficientCredential_Answers403NamingStreamAndOperation()
    {
        await using var server = await StartAsync("append", "stream", "consume", "administer");

        foreach (var (method, path) in Requests(server, stream: "others").Where(request => request.Path.Contains("others")))
        {
            using var answer = await server.AskAsync(method, path, Callers.Key);
            var problem = await answer.ProblemAsync(HttpStatusCode.Forbidden, "access-denied");
            Assert.Equal("others", problem.Text("stream"));
            Assert.NotEmpty(problem.GetProperty("operations").EnumerateArray());
        }
    }

    [Theory]
    [InlineData("append", "POST /streams/{stream}/events")]
    [InlineData("stream", "GET /streams/{stream}/events")]
    [InlineData("consume", "GET /consumers/{stream}/{name}")]
    [InlineData(
        "administer",
        "PUT /streams/{stream}",
        "DELETE /streams/{stream}",
        "GET /consumers/{stream}/{name}",
        "POST /consumers/{stream}/{name}/start",
        "POST /consumers/{stream}/{name}/stop",
        "POST /consumers/{stream}/{name}/retry",
        "POST /consumers/{stream}/{name}/skip",
        "PUT /consumers/{stream}/{name}/cursor",
        "DELETE /consumers/{stream}/{name}")]
    public async Task Ask_AnyEndpointWithOneOperation_IsAllowedExactlyWhatThatCovers(string may, params string[] covered)
    {
        await using var server = await StartAsync(may);
        var allowed = new List<string>();

        foreach (var endpoint in Guarded(server).Where(endpoint => Path(endpoint).Contains("{stream}")))
        {
            using var answer = await server.AskAsync(Method(endpoint), Fill(endpoint, "orders"), Callers.Key);
            if (answer.StatusCode is not HttpStatusCode.Forbidden)
            {
                allowed.Add($"{Method(endpoint)} {Path(endpoint)}");
            }
        }

        // Whoever may do anything with a stream may see it.
        Assert.Equal(covered.Append("GET /streams/{stream}").Order(), allowed.Order());
    }

    private Task<HttpServer> StartAsync(params string[] may) => Callers.StartAsync(
        cluster.Client, access => access.WithKey("orders", Callers.Key).WithPolicy("key:orders", "orders*", may));

    private static IEnumerable<RouteEndpoint> Guarded(HttpServer server)
    {
        var guarded = server.Endpoints.Where(endpoint => !Open.Contains(Path(endpoint))).ToList();
        Assert.NotEmpty(guarded);
        return guarded;
    }

    private static IEnumerable<(string Method, string Path)> Requests(HttpServer server, string stream = "orders") =>
        Guarded(server).Select(endpoint => (Method(endpoint), Fill(endpoint, stream)));

    // What is read answers HEAD as it answers GET, which has tests of its own.
    private static string Method(RouteEndpoint endpoint) =>
        Assert.Single(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, method => method != "HEAD");

    private static string Path(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!;

    private static string Fill(RouteEndpoint endpoint, string stream) => Path(endpoint)
        .Replace("{stream}", stream, StringComparison.Ordinal)
        .Replace("{name}", "someone", StringComparison.Ordinal);
}
