namespace Reflex.AspNetCore.Grpc.Receiving;

/// <summary>What is taken of one method's requests.</summary>
/// <param name="MaxBytes">The largest message, packed and unpacked.</param>
/// <param name="EventField">The number of the field that holds the events; 0 where there are none.</param>
/// <param name="MaxEvents">The most events that a message may have.</param>
/// <param name="MaxFields">The most other fields that a message may have by itself.</param>
/// <param name="MessageTimeout">How long a message may take from its first byte to its last.</param>
/// <param name="TimeProvider">The clock of that.</param>
internal sealed record MessageLimits(
    int MaxBytes, int EventField, int MaxEvents, int MaxFields, TimeSpan MessageTimeout, TimeProvider TimeProvider);
