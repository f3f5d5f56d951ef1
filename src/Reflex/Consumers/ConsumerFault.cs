using Reflex.Events;

namespace Reflex.Consumers;

/// <summary>Why a consumer is stuck.</summary>
/// <param name="Error">The error's type and message.</param>
/// <param name="Event">The event that it is stuck on; null when the error came from elsewhere, such as reading the log.</param>
/// <param name="Attempts">How often that was tried since the consumer last moved.</param>
/// <param name="Since">When the first of these attempts failed.</param>
/// <param name="NextRetry">When it is tried again.</param>
public sealed record ConsumerFault(string Error, EventId? Event, int Attempts, DateTimeOffset Since, DateTimeOffset NextRetry);
