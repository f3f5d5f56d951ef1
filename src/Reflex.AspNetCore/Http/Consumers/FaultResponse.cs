using Reflex.Consumers;

namespace Reflex.AspNetCore.Http.Consumers;

/// <summary>Why a consumer is stuck.</summary>
/// <param name="Error">The error's type and message.</param>
/// <param name="Event">The event's id; null when the error came from elsewhere.</param>
/// <param name="Attempts">How often that was tried.</param>
/// <param name="Since">When the first attempt failed.</param>
/// <param name="NextRetry">When it is tried again.</param>
internal sealed record FaultResponse(string Error, string? Event, int Attempts, DateTime Since, DateTime NextRetry)
{
    public static FaultResponse From(ConsumerFault fault) =>
        new(fault.Error, fault.Event?.ToString(), fault.Attempts, fault.Since.UtcDateTime, fault.NextRetry.UtcDateTime);
}
