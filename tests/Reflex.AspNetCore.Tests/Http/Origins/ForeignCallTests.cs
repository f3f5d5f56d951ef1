using System.Net;
using System.Net.Http.Headers;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Origins;

public sealed class ForeignCallTests(Cluster cluster) : GrpcTest(cluster)
{
    [Theory]
    [InlineData("Origin", "https://evil.example", "7")]
    [InlineData("Origin", "null", "7")]
    [InlineData("Sec-Fetch-Site", "cross-site", "7")]
    [InlineData("Sec-Fetch-Site", "none", "0")]
    [InlineData("Accept", "*/*", "0")]
    public async Task Call_ByAPageOfOthers_EndsWithPermissionDenied(string header, string value, string expected)
    {
        using var answer = await CallAsync("/reflex.v1.Streams/ListStreams", header, value);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var headers = answer.Headers.Contains("grpc-status") ? answer.Headers : answer.TrailingHeaders;
        Assert.Equal(expected, Assert.Single(headers.GetValues("grpc-status")));
    }

    [Fact]
    public async Task Call_AnyMethodByAPageOfOthers_EndsWithPermissionDeniedBeforeAMessageIsRead()
    {
        var paths = Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText!)
            .ToList();
        Assert.Contains("/grpc.health.v1.Health/Check", paths);
        Assert.Contains("/reflexpb.Reflex/Stream", paths);

        foreach (var path in paths)
        {
            using var answer = await CallAsync(path, "Origin", "https://evil.example");
            Assert.Equal("7", Assert.Single(answer.Headers.GetValues("grpc-status")));
            Assert.True(answer.Headers.Contains("grpc-message"));
        }
    }

    [Fact]
    public async Task Call_ByAnyName_IsAnswered()
    {
        using var answer = await CallAsync("/reflex.v1.Streams/ListStreams", "Host", "grpc.example.com");

        Assert.Equal("0", Assert.Single(answer.TrailingHeaders.GetValues("grpc-status")));
    }

    private async Task<HttpResponseMessage> CallAsync(string path, string header, string value)
    {
        using var client = new HttpClient { BaseAddress = Server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,

            // An empty message after gRPC's own header.
            Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.Add(header, value);
        var answer = await client.SendAsync(request, Token);
        await answer.Content.LoadIntoBufferAsync(Token);
        return answer;
    }
}
