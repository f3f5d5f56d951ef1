namespace Reflex.Storage.Postgres.Logs;

/// <summary>A row of events.</summary>
/// <param name="Last">Its newest event.</param>
/// <param name="AppendedAt">When that was appended.</param>
/// <param name="Bytes">Sealed batches, back to back.</param>
internal sealed record LogEvents(long Last, long AppendedAt, byte[] Bytes);
