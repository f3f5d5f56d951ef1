using System.Net;
using Microsoft.AspNetCore.Routing;
using Reflex.AspNetCore.Tests.Access;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Requests;

/// <summary>HEAD is GET without the body, for everything that is read.</summary>
public sealed class HeadTests(Cluster cluster) : HttpTest(cluster)
{
    [Fact]
    public async Task Head_OfEveryEndpointThatIsRead_AnswersAsGetWithoutABody()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 3);
        var read = Server.Endpoints.Where(endpoint => Methods(endpoint).Contains("GET")).ToList();
        Assert.Equal(8, read.Count);

        foreach (var endpoint in read)
        {
            Assert.Contains("HEAD", Methods(endpoint));
            var path = endpoint.RoutePattern.RawText!;
            path = path.Contains("/consumers", StringComparison.Ordinal)
                ? path.Replace("{stream}", Cluster.Watched).Replace("{name}", Cluster.Watcher)
                : path.Replace("{stream}", stream);
            await AnswersAsGetAsync(path.EndsWith("/events", StringComparison.Ordinal) ? $"{path}?toHead=true" : path, HttpStatusCode.OK);
        }
    }

    [Theory]
    [InlineData("/streams/none", HttpStatusCode.NotFound)]
    [InlineData("/streams/Bad", HttpStatusCode.BadRequest)]
    [InlineData("/streams?what=1", HttpStatusCode.BadRequest)]
    [InlineData("/consumers/watched/nobody", HttpStatusCode.NotFound)]
    [InlineData("/streams/none/events", HttpStatusCode.NotFound)]
    [InlineData("/streams/watched/events?partition=9", HttpStatusCode.NotFound)]
    [InlineData("/streams/watched/events?after=99.99", HttpStatusCode.Conflict)]
    [InlineData("/streams/watched/events?lag=x", HttpStatusCode.BadRequest)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task Head_OfWhatIsRefused_AnswersAsGetWithoutABody(string path, HttpStatusCode expected) =>
        await AnswersAsGetAsync(path, expected);

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/x-ndjson")]
    public async Task Head_OfAStreamWithoutAnEnd_EndsAtOnce(string accept)
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 3);
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/streams/{stream}/events");
        request.Headers.Accept.ParseAdd(accept);

        using var answer = await Server.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(accept, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Equal("no", Assert.Single(answer.Headers.GetValues("X-Accel-Buffering")));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task Head_WhereACredentialIsNeeded_NeedsOneToo()
    {
        await using var server = await Callers.StartAsync(
            Faults, access => access.WithKey("a", Callers.Key).WithPolicy("key:a", Cluster.Watched, "stream"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.AskAsync("HEAD", $"/streams/{Cluster.Watched}/events")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.AskAsync("HEAD", "/streams/others/events", Callers.Key)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("HEAD", $"/streams/{Cluster.Watched}/events", Callers.Key)).StatusCode);
    }

    [Theory]
    [InlineData("POST", "/health/live")]
    [InlineData("DELETE", "/health/ready")]
    [InlineData("POST", "/health/problems")]
    [InlineData("PUT", "/streams")]
    [InlineData("OPTIONS", "/streams")]
    public async Task Other_MethodOfWhatIsRead_Answers405NamingBoth(string method, string path)
    {
        using var answer = await Server.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await answer.ProblemAsync(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order());
    }

    private static IReadOnlyList<string> Methods(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods;

    private async Task AnswersAsGetAsync(string path, HttpStatusCode expected)
    {
        using var get = await Server.GetAsync(path);
        using var head = await Server.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(expected, get.StatusCode);
        Assert.Equal(expected, head.StatusCode);
        Assert.Equal(HeadersOf(get), HeadersOf(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Token));
    }

    // How long the body is, and how it is framed, HEAD may leave out; and the date is another.
    private static IEnumerable<string> HeadersOf(HttpResponseMessage answer) => answer.Headers.Concat(answer.Content.Headers)
        .Where(header => header.Key is not ("Date" or "Transfer-Encoding" or "Content-Length"))
        .Select(header => $"{header.Key}: {string.Join(',', header.Value)}")
        .Order();
}
