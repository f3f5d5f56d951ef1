using Reflex.Events;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>What was read of a log.</summary>
/// <param name="Bytes">Whole batches that were verified, at least one.</param>
/// <param name="Last">Their last event.</param>
internal sealed record StoredPage(ReadOnlyMemory<byte> Bytes, EventId Last);
