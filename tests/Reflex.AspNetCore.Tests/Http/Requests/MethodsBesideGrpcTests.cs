using System.Net;
using Grpc.Core;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Requests;

/// <summary>HTTP's endpoints on a server that has those of gRPC too.</summary>
public sealed class MethodsBesideGrpcTests(Cluster cluster) : GrpcTest(cluster)
{
    [Theory]
    [InlineData("DELETE", "/streams", "GET, HEAD")]
    [InlineData("PATCH", "/streams/orders", "DELETE, GET, HEAD, PUT")]
    [InlineData("POST", "/streams/orders", "DELETE, GET, HEAD, PUT")]
    [InlineData("POST", "/health/ready", "GET, HEAD")]
    [InlineData("PUT", "/consumers/orders/receipts", "DELETE, GET, HEAD")]
    public async Task AnyCall_OtherMethod_Answers405WithTheRightOnes(string method, string path, string allowed)
    {
        using var answer = await SendAsync(method, path);

        await answer.ProblemAsync(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        Assert.Equal(allowed.Split(", "), answer.Content.Headers.Allow.Order());
    }

    [Theory]
    [InlineData("/nothing/here")]
    [InlineData("/reflex.v1.Streams/Nothing")]
    public async Task AnyCall_UnknownPath_Answers404(string path)
    {
        using var answer = await SendAsync("GET", path);

        await answer.ProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData("some.Service", "Method")]
    [InlineData("reflex.v1.Streams", "Nothing")]
    public async Task Call_UnknownMethod_EndsWithUnimplemented(string service, string method)
    {
        var marshaller = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);
        var unknown = new Method<byte[], byte[]>(MethodType.Unary, service, method, marshaller, marshaller);

        using var call = Server.Invoker.AsyncUnaryCall(unknown, null, new CallOptions(cancellationToken: Token), []);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path)
    {
        using var client = new HttpClient { BaseAddress = Server.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return await client.SendAsync(request, Token);
    }
}
