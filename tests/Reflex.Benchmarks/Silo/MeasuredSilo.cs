using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Reflex.Orleans.Consumers;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Benchmarks.Silo;

/// <summary>A silo in a process of its own, and this process' client of it.</summary>
internal sealed class MeasuredSilo : IAsyncDisposable
{
    private readonly Process _process;
    private readonly IHost _client;

    private MeasuredSilo(Process process, IHost client, int grpcPort, int barePort, int plainPort)
    {
        _process = process;
        _client = client;
        GrpcUrl = new Uri($"http://127.0.0.1:{grpcPort}");
        BareUrl = new Uri($"http://127.0.0.1:{barePort}");
        PlainUrl = new Uri($"http://127.0.0.1:{plainPort}");
    }

    /// <summary>Where it serves gRPC, if its plan says so.</summary>
    public Uri GrpcUrl { get; }

    /// <summary>Where it serves what gRPC is compared with.</summary>
    public Uri BareUrl { get; }

    /// <summary>Where it serves the same streams by generated services and their messages.</summary>
    public Uri PlainUrl { get; }

    public IReflexClient Reflex => _client.Services.GetRequiredService<IReflexClient>();

    public IClusterClient Client => _client.Services.GetRequiredService<IClusterClient>();

    /// <param name="folder">Its data folder.</param>
    /// <param name="plan">What is in it.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<MeasuredSilo> StartAsync(string folder, SiloPlan plan, CancellationToken cancellationToken)
    {
        var ports = Ports.Free(5);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in SiloCommand.Arguments(folder, [.. ports.Select(Text)], plan))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is var line && line != SiloCommand.Ready)
            {
                Console.Error.WriteLine(line ?? throw new InvalidOperationException("The silo's process ended before it was ready."));
            }

            return new MeasuredSilo(process, await ConnectAsync(ports[1], plan, cancellationToken), ports[2], ports[3], ports[4]);
        }
        catch
        {
            await EndAsync(process);
            throw;
        }
    }

    /// <summary>A consumer grain of the silo.</summary>
    public TGrain GetConsumer<TGrain>(string stream, string consumer)
        where TGrain : IGrainWithStringKey =>
        Client.GetGrain<TGrain>(new ConsumerKey(new PartitionId(stream, 0), consumer).ToString());

    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync();
        _client.Dispose();
        await EndAsync(_process);
    }

    private static async Task<IHost> ConnectAsync(int gatewayPort, SiloPlan plan, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client =>
        {
            client
                .UseLocalhostClustering(gatewayPort)
                .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMinutes(5))
                .AddReflexClient();
            if (plan.HasMemoryStreams)
            {
                client.AddMemoryStreams(SiloPlan.MemoryStreamProvider);
            }
        });
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }

    private static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
