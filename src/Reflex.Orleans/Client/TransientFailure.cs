using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>Tells failures of a call that may pass by themselves, such as a silo that ends.</summary>
internal static class TransientFailure
{
    public static bool IsIt(Exception error) => error switch
    {
        StreamEndException => false,
        ReflexException reflex => reflex.IsTransient,
        TimeoutException or SiloUnavailableException or OrleansMessageRejectionException => true,
        _ => false,
    };
}
