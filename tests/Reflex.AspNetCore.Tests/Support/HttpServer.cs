using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A real server on a free port, with a client of it. Logged errors fail the test unless it takes them.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpServer(WebApplication app)
    {
        _app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        // A stream is endless, and whether a test is too slow is for its runner to say.
        Client = new HttpClient { BaseAddress = new Uri(address), Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpClient Client { get; }

    public FakeLogCollector Logs => _app.Services.GetFakeLogCollector();

    public IHostApplicationLifetime Lifetime => _app.Lifetime;

    public static async Task<HttpServer> StartAsync(
        IReflexClient client, Action<ReflexHttpOptions>? configure = null, Action<IServiceCollection>? addServices = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddFakeLogging();
        builder.Services.AddSingleton(client);
        builder.Services.AddReflexHttp(configure);
        addServices?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseReflexHttpProblems();
        app.MapReflexHttp();
        await app.StartAsync();
        return new HttpServer(app);
    }

    public static StringContent Body(string text, string type) =>
        new(text, Encoding.UTF8) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    public static StringContent Json(string text) => Body(text, "application/json");

    public Task StopAsync() => _app.StopAsync();

    public Task<HttpResponseMessage> PostAsync(string path, string body, string type = "application/json") =>
        Client.PostAsync(path, Body(body, type));

    public Task<HttpResponseMessage> PutAsync(string path, string body) => Client.PutAsync(path, Json(body));

    /// <summary>Asks for a stream and answers as soon as its status is there.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, string? accept = null, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
