using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Orleans.Configuration;
using Reflex.Storage;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A silo as an application composes it, alone in its cluster, on ports and in a folder of its own.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly (int Silo, int Gateway) _ports;

    private TestSilo(IHost host, (int Silo, int Gateway) ports, TestData data)
    {
        _host = host;
        _ports = ports;
        Data = data;
    }

    /// <summary>What outlives the silo.</summary>
    public TestData Data { get; }

    public IServiceProvider Services => _host.Services;

    public IReflexClient Reflex => Services.GetRequiredService<IReflexClient>();

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public FakeLogCollector Logs => Services.GetFakeLogCollector();

    public static Task<TestSilo> StartAsync(
        Action<IReflexBuilder> configure,
        TestData? data = null,
        Action<ReflexOptions>? options = null,
        Action<IServiceCollection>? services = null) =>
        StartAsync(configure, data ?? new TestData(), options, services, (Ports.Free(), Ports.Free()));

    /// <summary>Starts another silo in the place of this one, which has ended: clients of this one are now its clients.</summary>
    public Task<TestSilo> RestartAsync(Action<IReflexBuilder> configure) => StartAsync(configure, Data, null, null, _ports);

    /// <summary>An Orleans client in this process that speaks to the silo as one from outside does, over a socket.</summary>
    public async Task<IHost> ConnectAsync()
    {
        var cluster = Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ClusterOptions>>().Value;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(_ports.Gateway, cluster.ServiceId, cluster.ClusterId)
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1))
            .AddReflexClient());
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public Task StopAsync() => _host.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private static async Task<TestSilo> StartAsync(
        Action<IReflexBuilder> configure,
        TestData data,
        Action<ReflexOptions>? options,
        Action<IServiceCollection>? services,
        (int Silo, int Gateway) ports)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Information);
        builder.Services.AddSingleton<IEventLogProvider>(data.Logs);
        builder.Services.Configure<DataFolderOptions>(folder => folder.Path = data.Folder);
        builder.Services.Configure<ReflexOptions>(reflex =>
        {
            reflex.RetryBackoff = new() { Initial = TimeSpan.FromMilliseconds(10), Longest = TimeSpan.FromMilliseconds(50) };
            options?.Invoke(reflex);
        });
        services?.Invoke(builder.Services);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ports.Silo, ports.Gateway)
            .Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = $"test-{ports.Silo}")
            .AddReflex(reflex => configure(reflex.UseSqliteState())));
        var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            return new TestSilo(host, ports, data);
        }
        catch
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }
    }
}
