using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Reflex.Orleans.Consumers;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Silo;

/// <summary>A silo in a process and folder of its own, and this process' client of it.</summary>
internal sealed class MeasuredSilo : IAsyncDisposable
{
    private readonly Process _process;
    private readonly IHost _client;
    private readonly string _folder;

    private MeasuredSilo(Process process, IHost client, string folder)
    {
        _process = process;
        _client = client;
        _folder = folder;
    }

    public IReflexClient Reflex => _client.Services.GetRequiredService<IReflexClient>();

    public static async Task<MeasuredSilo> StartAsync(string workFolder, Durability durability, CancellationToken cancellationToken)
    {
        var (siloPort, gatewayPort) = FreePorts();
        var folder = Directory.CreateDirectory(Path.Combine(workFolder, Path.GetRandomFileName())).FullName;
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[]
        {
            "silo", "--data", folder, "--silo-port", Text(siloPort), "--gateway-port", Text(gatewayPort), "--durability", durability.ToString(),
        })
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is var line && line != SiloCommand.Ready)
        {
            Console.Error.WriteLine(line ?? throw new InvalidOperationException("The silo's process ended before it was ready."));
        }

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(gatewayPort)
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMinutes(5))
            .AddReflexClient());
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new MeasuredSilo(process, host, folder);
    }

    /// <summary>A consumer grain of the silo.</summary>
    public TGrain GetConsumer<TGrain>(string stream, string consumer)
        where TGrain : IGrainWithStringKey =>
        _client.Services.GetRequiredService<IGrainFactory>().GetGrain<TGrain>(new ConsumerKey(new PartitionId(stream, 0), consumer).ToString());

    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync();
        _client.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static (int Silo, int Gateway) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
