using Example.Orders.Orders;
using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Events;

namespace Example.Orders.Receipts;

/// <summary>A consumer that is a plain class: sends a receipt for every order that was paid.</summary>
/// <remarks>It may see an event again after a crash, so that sending has to be idempotent: a receipt's name is its order's.</remarks>
internal sealed partial class SendReceipt(ILogger<SendReceipt> logger) : IEventConsumer
{
    public async Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        if (!e.IsType(OrderEvent.Paid))
        {
            return;
        }

        Directory.CreateDirectory("receipts");
        await File.WriteAllTextAsync(
            Path.Combine("receipts", $"{e.ForeignId}.txt"), $"Order {e.ForeignId} was paid on {e.Timestamp:u}.\n", cancellationToken);
        LogSent(logger, e.ForeignId);
    }

    [LoggerMessage(LogLevel.Information, "Receipt for order {Order} sent.")]
    private static partial void LogSent(ILogger logger, string order);
}
