using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.AspNetCore.Access;

namespace Reflex.AspNetCore.Tests.Access;

public sealed class RequiredCallerTests
{
    [Theory]
    [InlineData(null, "16")]
    [InlineData("nobody's-key", "16")]
    [InlineData(Callers.Key, null)]
    public async Task Call_AGuardedService_ReachesItOnlyWithACredential(string? key, string? expectedStatus)
    {
        var token = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddReflexAccess(access => access.WithKey("a", Callers.Key).WithPolicy("key:a", "*", "stream"));
        await using var app = builder.Build();
        var reached = false;
        RequestDelegate service = _ =>
        {
            reached = true;
            return Task.CompletedTask;
        };
        app.MapMethods("/service/method", [HttpMethods.Post], service).RequireCaller();
        await app.StartAsync(token);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, app.Urls.First() + "/service/method");
        if (key is not null)
        {
            request.Headers.Add("reflex-api-key", key);
        }

        using var answer = await client.SendAsync(request, token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(expectedStatus is null, reached);
        Assert.Equal(expectedStatus, answer.Headers.TryGetValues("grpc-status", out var status) ? Assert.Single(status) : null);
        Assert.Equal(expectedStatus is not null, answer.Headers.Contains("grpc-message"));
    }
}
