using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Reflex.Grpc.Tests.Support;

/// <summary>A server of the contracts over a <see cref="MemoryCluster"/>, on a free port that it keeps through its deaths.</summary>
internal sealed class GrpcServer(MemoryCluster cluster) : IAsyncDisposable
{
    private WebApplication? _application;
    private int _port;

    public Uri Address => new($"http://127.0.0.1:{_port}");

    public MemoryCluster Cluster => cluster;

    /// <summary>What else it serves.</summary>
    public Action<WebApplication>? Map { get; init; }

    public static async Task<GrpcServer> StartAsync(MemoryCluster? cluster = null, Action<WebApplication>? map = null)
    {
        var server = new GrpcServer(cluster ?? new MemoryCluster()) { Map = map };
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, _port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(cluster);
        _application = builder.Build();
        if (Map is { } map)
        {
            map(_application);
        }
        else
        {
            _application.MapGrpcService<StreamsService>();
            _application.MapGrpcService<ConsumersService>();
            _application.MapGrpcService<CursorsService>();
            _application.MapGrpcService<ReflexpbService>();
        }

        await _application.StartAsync(TestContext.Current.CancellationToken);
        var addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        _port = new Uri(addresses.Addresses.Single()).Port;
    }

    /// <summary>Cuts all connections, without a word to anybody.</summary>
    public async Task KillAsync()
    {
        if (_application is { } application)
        {
            _application = null;
            await application.StopAsync(new CancellationToken(canceled: true));
            await application.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}
