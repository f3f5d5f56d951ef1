using System.Net;
using Microsoft.AspNetCore.Routing;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Tests.Access;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Origins;

/// <summary>What a browser sends for a page, of every endpoint that there is.</summary>
public sealed class ForeignOriginTests(Cluster cluster)
{
    private const string App = "https://app.example.com";

    private static readonly string[] Reading = ["GET", "HEAD", "OPTIONS"];

    private readonly FaultyClient _client = new(cluster.Client);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://evil.example", null)]
    [InlineData("null", null)]
    [InlineData("", null)]
    [InlineData("https://localhost:{port}", null)]
    [InlineData("http://localhost", null)]
    [InlineData("http://127.0.0.1:{port}", null)]
    [InlineData("http://localhost:{port}", "cross-site")]
    [InlineData("http://localhost:{port}", "same-site")]
    [InlineData("http://localhost:{port}, https://evil.example", null)]
    [InlineData(App, "same-origin")]
    [InlineData(null, "cross-site")]
    [InlineData(null, "same-site")]
    [InlineData(null, "something-new")]
    public async Task Change_ByAPageOfOthers_IsRefusedBeforeAnythingElse(string? origin, string? site)
    {
        await using var server = await HttpServer.StartAsync(_client);

        foreach (var (method, path) in Changing(server))
        {
            // Neither is this body one that the endpoint takes, nor does the stream exist.
            using var answer = await SendAsync(server, method, path, origin, site, body: "{ no JSON");
            var problem = await answer.ProblemAsync(HttpStatusCode.Forbidden, "foreign-origin");
            Assert.Contains("may change nothing here", problem.Detail(), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Change_ByAPageOfOthersWithACredential_IsRefusedBeforeItIsAskedWhoCalls()
    {
        await using var server = await Callers.StartAsync(
            _client, access => access.WithKey("a", Callers.Key).WithPolicy("key:a", "*", "administer"));
        var consumer = _client.AddConsumer("orders", "someone");

        foreach (var key in new[] { Callers.Key, "nobody's-key", null })
        {
            using var answer = await SendAsync(server, "POST", "/consumers/orders/someone/stop", "https://evil.example", key: key);
            await answer.ProblemAsync(HttpStatusCode.Forbidden, "foreign-origin");
        }

        Assert.Empty(consumer.Calls);
        using var program = await SendAsync(server, "POST", "/consumers/orders/someone/stop", key: Callers.Key);
        await program.JsonAsync();
        Assert.Equal(["stop"], consumer.Calls);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "none")]
    [InlineData(null, "same-origin")]
    [InlineData("http://localhost:{port}", "same-origin")]
    [InlineData("HTTP://LocalHost:{port}", null)]
    [InlineData(App, "cross-site")]
    [InlineData("https://APP.example.com:443", "cross-site")]
    public async Task Change_ByAProgramItsOwnPageOrAnAllowedOne_IsDone(string? origin, string? site)
    {
        await using var server = await HttpServer.StartAsync(_client, Allow);
        var consumer = _client.AddConsumer("orders", "someone");

        using var answer = await SendAsync(server, "POST", "/consumers/orders/someone/stop", origin, site);

        await answer.JsonAsync();
        Assert.Equal(["stop"], consumer.Calls);
    }

    [Fact]
    public async Task Read_ByAPageOfOthers_IsAnsweredButNotShownToIt()
    {
        await using var server = await HttpServer.StartAsync(_client, Allow);

        using var answer = await SendAsync(server, "GET", "/streams", "https://evil.example", "cross-site");

        await answer.JsonAsync();
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_ByAnAllowedPage_IsShownToIt()
    {
        await using var server = await HttpServer.StartAsync(_client, Allow);

        foreach (var path in new[] { "/streams", "/health/ready", "/streams/none", "/streams?what=1" })
        {
            using var answer = await SendAsync(server, "GET", path, App, "cross-site");
            Assert.Equal(App, Header(answer, "Access-Control-Allow-Origin"));
            Assert.Equal("true", Header(answer, "Access-Control-Allow-Credentials"));
            Assert.Equal("Retry-After,WWW-Authenticate", Header(answer, "Access-Control-Expose-Headers"));
            Assert.Contains("Origin", answer.Headers.Vary);
        }
    }

    [Fact]
    public async Task Ask_WhetherAPageMay_IsAnsweredForEveryEndpoint()
    {
        await using var server = await Callers.StartAsync(
            _client, access => access.WithKey("a", Callers.Key).WithPolicy("key:a", "*", "stream"), Allow);

        foreach (var (method, path) in Requests(server))
        {
            using var answer = await PreflightAsync(server, method, path, App);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal(App, Header(answer, "Access-Control-Allow-Origin"));
            Assert.Equal(method, Header(answer, "Access-Control-Allow-Methods"));
            foreach (var header in new[] { "Content-Type", "Last-Event-ID", "Authorization", "reflex-api-key" })
            {
                Assert.Contains(header, Header(answer, "Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
            }

            using var foreign = await PreflightAsync(server, method, path, "https://evil.example");
            await foreign.ProblemAsync(HttpStatusCode.Forbidden, "foreign-origin");
            Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Ask_WhetherAPageMayWhenNoneIsAllowed_Answers405()
    {
        await using var server = await HttpServer.StartAsync(_client);

        using var answer = await PreflightAsync(server, "PUT", "/streams/orders", App);

        await answer.ProblemAsync(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
    }

    private static void Allow(ReflexHttpOptions options) => options.AllowedOrigins.Add(App);

    private static IEnumerable<(string Method, string Path)> Requests(HttpServer server) =>
        from endpoint in server.Endpoints
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select (method, endpoint.RoutePattern.RawText!.Replace("{stream}", "orders").Replace("{name}", "someone"));

    private static List<(string Method, string Path)> Changing(HttpServer server)
    {
        var changing = Requests(server).Where(request => !Reading.Contains(request.Method)).ToList();
        Assert.True(changing.Count >= 7);
        return changing;
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(',', answer.Headers.GetValues(name));

    private static Task<HttpResponseMessage> PreflightAsync(HttpServer server, string method, string path, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "content-type,reflex-api-key");
        return server.Client.SendAsync(request, Token);
    }

    private static Task<HttpResponseMessage> SendAsync(
        HttpServer server, string method, string path, string? origin = null, string? site = null, string? key = null, string? body = null)
    {
        var port = $"{server.Client.BaseAddress!.Port}";
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { Host = $"localhost:{port}" } };
        request.Content = body is null ? null : HttpServer.Body(body, "text/plain");
        Add("Origin", origin?.Replace("{port}", port, StringComparison.Ordinal));
        Add("Sec-Fetch-Site", site);
        Add("reflex-api-key", key);
        return server.Client.SendAsync(request, Token);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }
}
