using Example.Orders.Orders;
using Example.Orders.Sales;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reflex;
using Reflex.Consumers;
using Reflex.Streams;

namespace Example.Orders;

/// <summary>An Orleans client outside the cluster: takes orders, and reads what happened to them.</summary>
internal static class OrdersClient
{
    private const int Count = 100;

    public static async Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Logging.UseOwnWords().AddFilter("Microsoft", LogLevel.Warning);
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(gatewayPort: builder.Configuration.GetValue("gateway-port", 30000))
            .AddReflexClient());
        using var host = builder.Build();
        await host.StartAsync();
        var reflex = host.Services.GetRequiredService<IReflexClient>();
        var grains = host.Services.GetRequiredService<IGrainFactory>();

        // Appended at once, the events leave in few calls; each task ends when its event is on the disk.
        var orders = reflex.GetStream("orders");
        var run = Guid.NewGuid().ToString("n")[..8];
        await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            await orders.AppendAsync(OrderEvent.Placed, foreignId: $"{run}-{i}", metadata: $$"""{"total":{{i}}}""");
            await orders.AppendAsync(i % 10 == 0 ? OrderEvent.Cancelled : OrderEvent.Paid, foreignId: $"{run}-{i}");
        }));
        Console.WriteLine($"appended {2 * Count} events");

        Console.WriteLine($"streamed {await CountAsync(orders, run)} events of this run");

        await CaughtUpAsync(reflex.GetConsumer("orders", "sales"));
        Console.WriteLine($"paid so far: {await grains.GetGrain<IDashboardGrain>(0).CountPaidAsync()}");
        await CaughtUpAsync(reflex.GetConsumer("orders", "send-receipt"));
        Console.WriteLine("receipts are sent");
        await host.StopAsync();
    }

    private static async Task<int> CountAsync(IEventStream orders, string run)
    {
        var count = 0;
        try
        {
            await foreach (var e in orders.StreamAsync(after: "", new StreamOptions { ToHead = true }))
            {
                count += e.ForeignId.StartsWith(run, StringComparison.Ordinal) ? 1 : 0;
            }
        }
        catch (HeadReachedException)
        {
            // What ToHead asked for.
        }

        return count;
    }

    private static async Task CaughtUpAsync(IConsumerControl consumer)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await consumer.GetStatusAsync() is { LagEvents: > 0 } status)
        {
            Console.WriteLine($"{status.Id} is {status.State}, {status.LagEvents} events to go");
            await timer.WaitForNextTickAsync();
        }
    }
}
