namespace Reflex.AspNetCore.Rpc.Receiving;

/// <summary>What is taken of one method's requests.</summary>
/// <param name="MaxBytes">The largest message, packed and unpacked.</param>
/// <param name="MaxFields">The most fields that a message may have by itself, such as events.</param>
/// <param name="MessageTimeout">How long a message may take from its first byte to its last.</param>
/// <param name="TimeProvider">The clock of that.</param>
internal sealed record MessageLimits(int MaxBytes, int MaxFields, TimeSpan MessageTimeout, TimeProvider TimeProvider);
