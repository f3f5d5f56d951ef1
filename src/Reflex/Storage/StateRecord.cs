namespace Reflex.Storage;

/// <summary>What a storage of state keeps for a grain under one name. The storage knows no more of it.</summary>
/// <param name="Grain">The grain's id, such as <c>reflex.cursor/orders/0/mailer</c>.</param>
/// <param name="State">The state's name.</param>
/// <param name="Payload">The state, as it was serialized.</param>
public sealed record StateRecord(string Grain, string State, ReadOnlyMemory<byte> Payload);
