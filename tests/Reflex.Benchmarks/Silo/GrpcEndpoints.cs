using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Reflex.Benchmarks.Silo;

/// <summary>
/// The measured silo's gRPC server, and beside it a bare one, what gRPC itself costs, and a plain one, the same without code of our own.
/// </summary>
internal sealed class GrpcEndpoints(WebApplication reflex, WebApplication bare, WebApplication plain) : IAsyncDisposable
{
    public static async Task<GrpcEndpoints> StartAsync(IReflexClient client, int port, int barePort, int plainPort)
    {
        var reflex = Build(port, services => services.AddSingleton(client).AddReflexGrpc());
        reflex.MapReflexGrpc();
        var bare = Build(barePort, services => services.AddSingleton<BareEvents>().AddGrpc());
        bare.MapGrpcService<BareAppends>();
        bare.MapGrpcService<BareStreams>();
        var plain = Build(plainPort, services => services.AddSingleton(client).AddGrpc());
        plain.MapGrpcService<PlainStreams>();
        plain.MapGrpcService<PlainReflex>();
        await reflex.StartAsync();
        await bare.StartAsync();
        await plain.StartAsync();
        return new GrpcEndpoints(reflex, bare, plain);
    }

    public async Task StopAsync()
    {
        await reflex.StopAsync();
        await bare.StopAsync();
        await plain.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await reflex.DisposeAsync();
        await bare.DisposeAsync();
        await plain.DisposeAsync();
    }

    private static WebApplication Build(int port, Action<IServiceCollection> add)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        add(builder.Services);
        return builder.Build();
    }
}
