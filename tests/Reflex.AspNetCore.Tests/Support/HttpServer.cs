using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Reflex.AspNetCore.Http;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A real server on a free port, with a client of it. It remembers what it logs.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpServer(WebApplication app)
    {
        _app = app;
        Logs = app.Services.GetFakeLogCollector();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        // A stream is endless, and whether a test is too slow is for its runner to say.
        Client = new HttpClient { BaseAddress = new Uri(address), Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpClient Client { get; }

    /// <summary>All endpoints that it serves.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public FakeLogCollector Logs { get; }

    public IHostApplicationLifetime Lifetime => _app.Lifetime;

    public IServiceProvider Services => _app.Services;

    public static async Task<HttpServer> StartAsync(
        IReflexClient client,
        Action<ReflexHttpOptions>? configure = null,
        Action<IServiceCollection>? addServices = null,
        Action<IEndpointRouteBuilder>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddFakeLogging();
        builder.Services.AddSingleton(client);
        builder.Services.AddReflexHttp(configure);
        addServices?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseReflexHttpProblems();
        app.MapReflexHttp();
        map?.Invoke(app);
        await app.StartAsync();
        return new HttpServer(app);
    }

    public static StringContent Body(string text, string type) =>
        new(text, Encoding.UTF8) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    public static StringContent Json(string text) => Body(text, "application/json");

    /// <summary>The errors logged so far; a later call tells of later ones only.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = Logs.GetSnapshot(clear: true).Where(log => log.Level >= LogLevel.Error);
        return [.. errors.Select(log => $"{log.Category}: {log.Message} {log.Exception?.Message}")];
    }

    public Task StopAsync() => _app.StopAsync();

    public Task<HttpResponseMessage> PostAsync(string path, string body, string type = "application/json") =>
        Client.PostAsync(path, Body(body, type), Token);

    public Task<HttpResponseMessage> PutAsync(string path, string body) => Client.PutAsync(path, Json(body), Token);

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(path, Token);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Client.SendAsync(request, Token);

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

        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
