using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reflex.Storage;

namespace Reflex.Benchmarks.Silo;

/// <summary>The silo that is measured, as its own process runs it.</summary>
internal static class SiloCommand
{
    public const string Ready = "ready";

    public static async Task RunAsync(string data, int siloPort, int gatewayPort, Durability durability, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort, gatewayPort)
            .AddReflex(reflex => reflex
                .UseFileLog(data, log => log.Durability = durability)
                .AddStream(MeasuredStreams.Bare)
                .AddStream(MeasuredStreams.Consumed)
                .AddConsumerGrain<CountingGrain>(MeasuredStreams.Counter, MeasuredStreams.Consumed)
                .AddStream(MeasuredStreams.Timed)
                .AddConsumerGrain<TimingGrain>(MeasuredStreams.Timer, MeasuredStreams.Timed)));
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        Console.WriteLine(Ready);

        // The parent closes our input when it has done, or when it dies.
        await Console.In.ReadToEndAsync(cancellationToken);
        await host.StopAsync(cancellationToken);
    }
}
