using Example.Orders.Receipts;
using Example.Orders.Sales;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Example.Orders;

/// <summary>The shop's own silo.</summary>
internal static class OrdersSilo
{
    public static Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Logging.UseOwnWords();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(
                siloPort: builder.Configuration.GetValue("silo-port", 11111),
                gatewayPort: builder.Configuration.GetValue("gateway-port", 30000))
            .AddReflex(reflex => reflex
                .UseFileLog("orders-data")
                .UseSqliteState()
                .AddStream("orders", partitions: 4)
                .AddConsumer<SendReceipt>("send-receipt", stream: "orders")
                .AddConsumerGrain<SalesGrain>("sales", stream: "orders")));
        return builder.Build().RunAsync();
    }
}
