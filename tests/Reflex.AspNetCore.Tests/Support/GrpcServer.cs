using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Reflex.AspNetCore.Grpc;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A real server of gRPC on a free port, with a channel to it. It remembers what it logs.</summary>
internal sealed class GrpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcServer(WebApplication app)
    {
        _app = app;
        Logs = app.Services.GetFakeLogCollector();
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Channel = GrpcChannel.ForAddress(Address);
    }

    public Uri Address { get; }

    public GrpcChannel Channel { get; }

    public CallInvoker Invoker => Channel.CreateCallInvoker();

    public FakeLogCollector Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<GrpcServer> StartAsync(
        IReflexClient client,
        Action<ReflexGrpcOptions>? configure = null,
        Action<WebApplication>? map = null,
        Action<IServiceCollection>? addServices = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddFakeLogging();
        builder.Services.AddSingleton(client);
        builder.Services.AddReflexEndpoints(configureGrpc: configure);
        addServices?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseReflexHttpProblems();
        app.MapReflex();
        map?.Invoke(app);
        await app.StartAsync();
        return new GrpcServer(app);
    }

    /// <summary>The errors logged so far; a later call tells of later ones only.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = Logs.GetSnapshot(clear: true).Where(log => log.Level >= LogLevel.Error);
        return [.. errors.Select(log => $"{log.Category}: {log.Message} {log.Exception?.Message}")];
    }

    /// <summary>Ends when the server has logged a text.</summary>
    public async Task LoggedAsync(string text)
    {
        await foreach (var log in Logs.GetLogsAsync(TestContext.Current.CancellationToken))
        {
            if (log.Message.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    /// <summary>Says that the server stops, which it does when it is disposed.</summary>
    public void BeginStop() => _app.Lifetime.StopApplication();

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.DisposeAsync();
    }
}
