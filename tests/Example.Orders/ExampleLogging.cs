using Microsoft.Extensions.Logging;

namespace Example.Orders;

/// <summary>Lets the shop's own words be read: of what it is built on only what somebody should look at is printed.</summary>
internal static class ExampleLogging
{
    public static ILoggingBuilder UseOwnWords(this ILoggingBuilder logging) => logging
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddFilter("Orleans", LogLevel.Warning)
        .AddFilter("Polly", LogLevel.Warning)

        // What Orleans' base class says of each such service goes under the service's own name.
        .AddFilter("Reflex.Orleans.Upkeep.ConsumerService", LogLevel.Warning)

        // Before its first check it warns that the check takes long.
        .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
}
